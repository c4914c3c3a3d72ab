using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace ImOrleans.LocalRuntime;

/// <summary>Makes the states that are injected into grains.</summary>
internal static class PersistentStates
{
    private static readonly MethodInfo CreateMethod = typeof(PersistentStates).GetMethod(
        nameof(Create), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>For a parameter of type <see cref="IPersistentState{TState}"/>.</summary>
    public static Func<Activation, object?> FactoryFor(Type type, IPersistentStateConfiguration configuration)
    {
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new InvalidOperationException(
                $"{type} carries [PersistentState] but is not {typeof(IPersistentState<>).Name}.");
        }

        var create = CreateMethod.MakeGenericMethod(type.GetGenericArguments())
            .CreateDelegate<Func<Activation, IPersistentStateConfiguration, object>>();
        return activation => create(activation, configuration);
    }

    private static PersistentState<T> Create<T>(Activation activation, IPersistentStateConfiguration configuration)
    {
        var name = configuration.StorageName ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        var storage = activation.Silo.Services.GetKeyedService<IGrainStorage>(name)
            ?? throw new BadProviderConfigException(
                $"No storage named '{name}' is registered, which {activation.Kind.Class.Type} asks for.");
        var state = new PersistentState<T>(activation, configuration.StateName, storage);
        activation.ObservableLifecycle.Subscribe(configuration.StateName, GrainLifecycleStage.SetupState, state);
        return state;
    }
}
