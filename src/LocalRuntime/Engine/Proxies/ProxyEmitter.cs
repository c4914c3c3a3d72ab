using System.Reflection;
using System.Reflection.Emit;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>
/// Generates, for an interface, a reference class that implements it, and for each method a call class that
/// holds the arguments in typed fields: no boxing and no reflection when called.
/// </summary>
internal static class ProxyEmitter
{
    private static readonly Type[] ReferenceArguments =
        [typeof(LocalSilo), typeof(ProxyType), typeof(GrainId), typeof(Observer)];

    private static readonly ConstructorInfo ReferenceConstructor = typeof(GrainReference).GetConstructor(
        BindingFlags.Instance | BindingFlags.NonPublic, ReferenceArguments)!;

    public static ProxyType Emit(Type interfaceType)
    {
        if (!interfaceType.IsInterface || !typeof(IAddressable).IsAssignableFrom(interfaceType))
        {
            throw new ArgumentException($"{interfaceType} is not a grain or observer interface.");
        }

        lock (ProxyModule.Gate)
        {
            ProxyModule.Open(typeof(GrainReference));
            ProxyModule.Open(interfaceType);
            var proxy = ProxyModule.DefineClass("Proxy_" + interfaceType.Name, typeof(GrainReference));
            proxy.AddInterfaceImplementation(interfaceType);
            var constructor = EmitConstructor(proxy);
            foreach (var method in MethodsOf(interfaceType))
            {
                EmitMethod(proxy, method);
            }

            EmitCreate(proxy, constructor);
            var create = proxy.CreateType().GetMethod("Create")!
                .CreateDelegate<Func<LocalSilo, ProxyType, GrainId, Observer?, GrainReference>>();
            return new ProxyType(interfaceType, create);
        }
    }

    private static IEnumerable<MethodInfo> MethodsOf(Type interfaceType) =>
        interfaceType.GetInterfaces()
            .Prepend(interfaceType)
            .SelectMany(static type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public))
            .Where(static method => method.IsAbstract);

    private static ConstructorBuilder EmitConstructor(TypeBuilder proxy)
    {
        var constructor = proxy.DefineConstructor(
            MethodAttributes.Public, CallingConventions.Standard, ReferenceArguments);
        var il = constructor.GetILGenerator();
        for (var i = 0; i <= ReferenceArguments.Length; i++)
        {
            il.Emit(OpCodes.Ldarg, (short)i);
        }

        il.Emit(OpCodes.Call, ReferenceConstructor);
        il.Emit(OpCodes.Ret);
        return constructor;
    }

    private static void EmitCreate(TypeBuilder proxy, ConstructorBuilder constructor)
    {
        var create = proxy.DefineMethod(
            "Create", MethodAttributes.Public | MethodAttributes.Static, typeof(GrainReference), ReferenceArguments);
        var il = create.GetILGenerator();
        for (var i = 0; i < ReferenceArguments.Length; i++)
        {
            il.Emit(OpCodes.Ldarg, (short)i);
        }

        il.Emit(OpCodes.Newobj, constructor);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitMethod(TypeBuilder proxy, MethodInfo method)
    {
        var parameters = Array.ConvertAll(method.GetParameters(), static parameter => parameter.ParameterType);
        var shape = ReturnShape.Of(method);
        foreach (var type in parameters.Append(method.ReturnType))
        {
            ProxyModule.Open(type);
        }

        var call = CallEmitter.Emit(method, shape);
        var body = proxy.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.HideBySig
                | MethodAttributes.NewSlot | MethodAttributes.Final,
            method.ReturnType,
            parameters);
        var il = body.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        for (var i = 1; i <= parameters.Length; i++)
        {
            il.Emit(OpCodes.Ldarg, (short)i);
        }

        il.Emit(OpCodes.Newobj, call.GetConstructor(parameters)!);
        shape.EmitSend(il);
        il.Emit(OpCodes.Ret);
        proxy.DefineMethodOverride(body, method);
    }
}
