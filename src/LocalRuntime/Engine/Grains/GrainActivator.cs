using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>
/// Calls the constructor of a grain class: services come from the activation, state from its storage.
/// </summary>
internal sealed class GrainActivator
{
    private readonly ConstructorInvoker _constructor;
    private readonly Func<Activation, object?>[] _arguments;

    public GrainActivator(Type type, IServiceProviderIsService services, ServiceLifetimes lifetimes)
    {
        var constructor = Choose(type, services);
        _constructor = ConstructorInvoker.Create(constructor);
        _arguments = Array.ConvertAll(constructor.GetParameters(), static parameter => ArgumentOf(parameter));
        NeedsScope = constructor.GetParameters().Any(parameter =>
            parameter.ParameterType != typeof(IGrainContext)
            && !parameter.IsDefined(typeof(PersistentStateAttribute))
            && !lifetimes.IsSingleton(parameter.ParameterType));
    }

    /// <summary>True when a parameter is a service that is not a singleton.</summary>
    public bool NeedsScope { get; }

    public object Create(Activation activation)
    {
        if (_arguments.Length == 0)
        {
            return _constructor.Invoke();
        }

        var arguments = new object?[_arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = _arguments[i](activation);
        }

        return _constructor.Invoke(arguments.AsSpan());
    }

    /// <summary>The marked constructor, else the longest whose parameters can all be had.</summary>
    private static ConstructorInfo Choose(Type type, IServiceProviderIsService services)
    {
        var constructors = type.GetConstructors();
        return constructors.FirstOrDefault(static candidate =>
                candidate.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
            ?? constructors
                .OrderByDescending(static candidate => candidate.GetParameters().Length)
                .FirstOrDefault(candidate => candidate.GetParameters().All(IsKnown))
            ?? constructors.MaxBy(static candidate => candidate.GetParameters().Length)
            ?? throw new InvalidOperationException($"{type} has no public constructor.");

        bool IsKnown(ParameterInfo parameter) =>
            parameter.HasDefaultValue
            || parameter.ParameterType == typeof(IGrainContext)
            || parameter.IsDefined(typeof(PersistentStateAttribute))
            || parameter.IsDefined(typeof(FromKeyedServicesAttribute))
            || services.IsService(parameter.ParameterType);
    }

    private static Func<Activation, object?> ArgumentOf(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type == typeof(IGrainContext))
        {
            return static activation => activation;
        }

        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } state)
        {
            return PersistentStates.FactoryFor(type, state);
        }

        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed)
        {
            return activation => activation.InjectedServices.GetRequiredKeyedService(type, keyed.Key);
        }

        if (parameter.HasDefaultValue)
        {
            return activation => activation.InjectedServices.GetService(type) ?? parameter.DefaultValue;
        }

        return activation => activation.InjectedServices.GetRequiredService(type);
    }
}
