using System.Reflection;
using System.Reflection.Emit;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>How a method gives its result: the type of it, and how to turn it into a task and back.</summary>
internal sealed class ReturnShape
{
    private readonly Type _declared;

    private ReturnShape(Type declared, Type result)
    {
        _declared = declared;
        Result = result;
    }

    /// <summary>The type of the result, or <see cref="VoidResult"/>.</summary>
    public Type Result { get; }

    private bool IsValueTask =>
        _declared == typeof(ValueTask)
        || (_declared.IsGenericType && _declared.GetGenericTypeDefinition() == typeof(ValueTask<>));

    public static ReturnShape Of(MethodInfo method)
    {
        var type = method.ReturnType;
        if (method.IsGenericMethodDefinition || method.GetParameters().Any(static p => p.ParameterType.IsByRef))
        {
            throw NotSupported(method);
        }

        if (type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask))
        {
            return new ReturnShape(type, typeof(VoidResult));
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return definition == typeof(Task<>) || definition == typeof(ValueTask<>)
            ? new ReturnShape(type, type.GetGenericArguments()[0])
            : throw NotSupported(method);
    }

    /// <summary>The class that the generated call derives from.</summary>
    public Type CallClass =>
        (IsValueTask ? typeof(ValueTaskCall<>) : typeof(TaskCall<>)).MakeGenericType(Result);

    /// <summary>In a proxy: sends the call on the stack and leaves what the method returns.</summary>
    public void EmitSend(ILGenerator il)
    {
        var send = typeof(GrainReference).GetMethod(SendName, BindingFlags.Instance | BindingFlags.NonPublic)!;
        il.Emit(OpCodes.Call, send.IsGenericMethodDefinition ? send.MakeGenericMethod(Result) : send);
        if (_declared == typeof(void))
        {
            il.Emit(OpCodes.Pop);
        }
    }

    /// <summary>In a call: from what the method returned to a task.</summary>
    public void EmitTask(ILGenerator il)
    {
        if (_declared == typeof(void))
        {
            il.Emit(OpCodes.Call, typeof(Task).GetProperty(nameof(Task.CompletedTask))!.GetMethod!);
        }
        else if (_declared == typeof(ValueTask))
        {
            var local = il.DeclareLocal(_declared);
            il.Emit(OpCodes.Stloc, local);
            il.Emit(OpCodes.Ldloca, local);
            il.Emit(OpCodes.Call, _declared.GetMethod(nameof(ValueTask.AsTask))!);
        }
        else if (IsValueTask)
        {
            var local = il.DeclareLocal(_declared);
            il.Emit(OpCodes.Stloc, local);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldloc, local);
            il.Emit(OpCodes.Call, CallClass.GetMethod("Keep", BindingFlags.Instance | BindingFlags.NonPublic)!);
        }
    }

    private string SendName =>
        !IsValueTask ? nameof(GrainReference.Send)
        : _declared == typeof(ValueTask) ? nameof(GrainReference.SendVoid)
        : nameof(GrainReference.SendValue);

    private static NotSupportedException NotSupported(MethodInfo method) =>
        new($"{method.DeclaringType}.{method.Name}: the Local runtime supports methods that return Task, Task<T>,"
            + " ValueTask, ValueTask<T> or void, without generic parameters and without references.");
}
