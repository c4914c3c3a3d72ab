using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace ImOrleans.LocalRuntime;

/// <summary>A grain class on one silo: how its activations are made there and how long they live.</summary>
internal sealed class GrainKind
{
    private readonly GrainActivator _activator;

    public GrainKind(LocalSilo silo, GrainClass grainClass, GrainCollectionOptions options)
    {
        Silo = silo;
        Class = grainClass;
        ActivationTimeout = options.ActivationTimeout;
        DeactivationTimeout = options.DeactivationTimeout;
        CollectionAge = grainClass.AgeLimit
            ?? (options.ClassSpecificCollectionAge.TryGetValue(grainClass.Type.FullName!, out var age)
                ? age
                : options.CollectionAge);
        _activator = new GrainActivator(
            grainClass.Type,
            silo.Services.GetRequiredService<IServiceProviderIsService>(),
            silo.Services.GetRequiredService<ServiceLifetimes>());
    }

    public LocalSilo Silo { get; }

    public GrainClass Class { get; }

    public TimeSpan CollectionAge { get; }

    public TimeSpan ActivationTimeout { get; }

    public TimeSpan DeactivationTimeout { get; }

    /// <summary>True when an activation needs a service scope of its own.</summary>
    public bool NeedsScope => _activator.NeedsScope;

    public object CreateInstance(Activation activation) => _activator.Create(activation);
}
