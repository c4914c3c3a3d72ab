using System.Reflection;
using System.Reflection.Emit;

namespace ImOrleans.LocalRuntime;

/// <summary>The assembly in memory that holds generated classes, with access to what they touch.</summary>
/// <remarks>
/// Interfaces and their types may be internal. The runtime honours an attribute by which an assembly declares
/// that it ignores the access checks of another; <see cref="System.Reflection.DispatchProxy"/> does the same.
/// </remarks>
internal static class ProxyModule
{
    private static readonly AssemblyBuilder Assembly = AssemblyBuilder.DefineDynamicAssembly(
        new AssemblyName("ImOrleans.LocalRuntime.Proxies"),
        AssemblyBuilderAccess.Run);

    private static readonly ModuleBuilder Module = Assembly.DefineDynamicModule("Proxies");
    private static readonly ConstructorInfo IgnoresAccessChecksTo = DefineAttribute();
    private static readonly HashSet<string> Opened = [];
    private static int _count;

    /// <summary>Held while a class is generated.</summary>
    public static Lock Gate { get; } = new();

    public static TypeBuilder DefineClass(string name, Type parent) =>
        Module.DefineType($"{name}_{_count++}", TypeAttributes.Public | TypeAttributes.Sealed, parent);

    /// <summary>Opens the assembly of a type, and those of the types that it is made of.</summary>
    public static void Open(Type type)
    {
        var name = type.Assembly.GetName().Name!;
        if (Opened.Add(name))
        {
            Assembly.SetCustomAttribute(new CustomAttributeBuilder(IgnoresAccessChecksTo, [name]));
        }

        if (type.HasElementType)
        {
            Open(type.GetElementType()!);
        }

        foreach (var argument in type.GetGenericArguments())
        {
            Open(argument);
        }
    }

    private static ConstructorInfo DefineAttribute()
    {
        var type = Module.DefineType(
            "System.Runtime.CompilerServices.IgnoresAccessChecksToAttribute",
            TypeAttributes.Public | TypeAttributes.Sealed,
            typeof(Attribute));
        var usage = typeof(AttributeUsageAttribute);
        type.SetCustomAttribute(new CustomAttributeBuilder(
            usage.GetConstructor([typeof(AttributeTargets)])!,
            [AttributeTargets.Assembly],
            [usage.GetProperty(nameof(AttributeUsageAttribute.AllowMultiple))!],
            [true]));
        var field = type.DefineField("_assemblyName", typeof(string), FieldAttributes.Private);
        var constructor = type.DefineConstructor(
            MethodAttributes.Public,
            CallingConventions.Standard,
            [typeof(string)]);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, typeof(Attribute).GetConstructor(
            BindingFlags.Instance | BindingFlags.NonPublic, [])!);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Stfld, field);
        il.Emit(OpCodes.Ret);
        DefineProperty(type, field);
        return type.CreateType().GetConstructor([typeof(string)])!;
    }

    private static void DefineProperty(TypeBuilder type, FieldBuilder field)
    {
        var getter = type.DefineMethod(
            "get_AssemblyName",
            MethodAttributes.Public | MethodAttributes.SpecialName,
            typeof(string),
            Type.EmptyTypes);
        var il = getter.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, field);
        il.Emit(OpCodes.Ret);
        type.DefineProperty("AssemblyName", PropertyAttributes.None, typeof(string), null).SetGetMethod(getter);
    }
}
