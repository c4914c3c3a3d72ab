using System.Reflection;
using System.Reflection.Emit;

namespace ImOrleans.LocalRuntime;

/// <summary>Generates the call class of one method.</summary>
internal static class CallEmitter
{
    private const string MethodField = "TheMethod";

    private static readonly MethodInfo Copy = typeof(ICallValueCopier).GetMethod(nameof(ICallValueCopier.Copy))!;

    public static Type Emit(MethodInfo method, ReturnShape shape)
    {
        var parent = shape.CallClass;
        var type = ProxyModule.DefineClass($"Call_{method.DeclaringType!.Name}_{method.Name}", parent);
        var fields = method.GetParameters()
            .Select((parameter, i) => type.DefineField("_" + i, parameter.ParameterType, FieldAttributes.Private))
            .ToArray();
        var described = type.DefineField(
            MethodField, typeof(GrainMethod), FieldAttributes.Public | FieldAttributes.Static);
        EmitConstructor(type, parent, described, fields);
        EmitMethod(type, described);
        EmitInvoke(type, method, shape, fields);
        EmitCount(type, fields.Length);
        EmitGet(type, fields);
        EmitSet(type, fields);
        EmitCopy(type, fields);
        var created = type.CreateType();
        created.GetField(MethodField)!.SetValue(null, new GrainMethod(method));
        return created;
    }

    private static void EmitConstructor(TypeBuilder type, Type parent, FieldBuilder method, FieldBuilder[] fields)
    {
        var constructor = type.DefineConstructor(
            MethodAttributes.Public,
            CallingConventions.Standard,
            Array.ConvertAll(fields, static field => field.FieldType));
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldsfld, method);
        il.Emit(OpCodes.Call, parent.GetConstructors(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Single());
        for (var i = 0; i < fields.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg, (short)(i + 1));
            il.Emit(OpCodes.Stfld, fields[i]);
        }

        il.Emit(OpCodes.Ret);
    }

    private static void EmitMethod(TypeBuilder type, FieldBuilder method)
    {
        var il = Override(type, "get_" + nameof(GrainCall.Method), typeof(GrainMethod));
        il.Emit(OpCodes.Ldsfld, method);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitInvoke(TypeBuilder type, MethodInfo method, ReturnShape shape, FieldBuilder[] fields)
    {
        var il = Override(type, nameof(GrainCall.InvokeMethod), typeof(Task), typeof(object));
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var field in fields)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
        }

        il.Emit(OpCodes.Callvirt, method);
        shape.EmitTask(il);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitCount(TypeBuilder type, int count)
    {
        var il = Override(type, nameof(GrainCall.GetArgumentCount), typeof(int));
        il.Emit(OpCodes.Ldc_I4, count);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitGet(TypeBuilder type, FieldBuilder[] fields)
    {
        var il = Override(type, nameof(GrainCall.GetArgument), typeof(object), typeof(int));
        EmitSwitch(il, fields, field =>
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
            if (field.FieldType.IsValueType)
            {
                il.Emit(OpCodes.Box, field.FieldType);
            }

            il.Emit(OpCodes.Ret);
        });
    }

    private static void EmitSet(TypeBuilder type, FieldBuilder[] fields)
    {
        var il = Override(type, nameof(GrainCall.SetArgument), typeof(void), typeof(int), typeof(object));
        EmitSwitch(il, fields, field =>
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Unbox_Any, field.FieldType);
            il.Emit(OpCodes.Stfld, field);
            il.Emit(OpCodes.Ret);
        });
    }

    private static void EmitCopy(TypeBuilder type, FieldBuilder[] fields)
    {
        var il = Override(type, nameof(GrainCall.CopyArguments), typeof(void), typeof(ICallValueCopier));
        foreach (var field in fields.Where(static field => field.FieldType != typeof(CancellationToken)))
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
            il.Emit(OpCodes.Callvirt, Copy.MakeGenericMethod(field.FieldType));
            il.Emit(OpCodes.Stfld, field);
        }

        il.Emit(OpCodes.Ret);
    }

    private static void EmitSwitch(ILGenerator il, FieldBuilder[] fields, Action<FieldBuilder> emit)
    {
        var labels = Array.ConvertAll(fields, _ => il.DefineLabel());
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Switch, labels);
        il.Emit(OpCodes.Newobj, typeof(ArgumentOutOfRangeException).GetConstructor(Type.EmptyTypes)!);
        il.Emit(OpCodes.Throw);
        for (var i = 0; i < fields.Length; i++)
        {
            il.MarkLabel(labels[i]);
            emit(fields[i]);
        }
    }

    private static ILGenerator Override(TypeBuilder type, string name, Type returns, params Type[] parameters) =>
        type.DefineMethod(
            name,
            MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig,
            returns,
            parameters).GetILGenerator();
}
