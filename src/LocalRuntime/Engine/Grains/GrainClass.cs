using System.Reflection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>What a grain class declares about itself.</summary>
internal sealed class GrainClass
{
    private const string Suffix = "grain";

    public GrainClass(Type type)
    {
        Type = type;
        GrainType = type.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(null!, type) ?? ByConvention(type);
        Interfaces = [.. type.GetInterfaces().Where(static candidate => typeof(IGrain).IsAssignableFrom(candidate))];
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute));
        IsCallFilter = typeof(IIncomingGrainCallFilter).IsAssignableFrom(type);
        HasActivation = OverridesActivation(type);
        Placement = type.GetCustomAttribute<PlacementAttribute>()?.PlacementStrategy;
        var age = type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit;
        AgeLimit = type.IsDefined(typeof(KeepAliveAttribute)) ? Timeout.InfiniteTimeSpan : age;
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public Type[] Interfaces { get; }

    public bool IsReentrant { get; }

    public bool IsCallFilter { get; }

    /// <summary>False when activation needs no code of the grain, and so no time limit.</summary>
    public bool HasActivation { get; }

    public PlacementStrategy? Placement { get; }

    /// <summary>The idle age that the class asks for, or null.</summary>
    public TimeSpan? AgeLimit { get; }

    /// <summary>True for a class that the runtime can make activations of.</summary>
    public static bool IsGrain(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && typeof(IGrainBase).IsAssignableFrom(type)
        && typeof(IGrain).IsAssignableFrom(type);

    private static bool OverridesActivation(Type type) =>
        !typeof(Grain).IsAssignableFrom(type)
        || type.GetMethod(nameof(Grain.OnActivateAsync), [typeof(CancellationToken)])?.DeclaringType != typeof(Grain);

    private static GrainType ByConvention(Type type)
    {
        // Orleans writes the name in lower case and drops the suffix.
#pragma warning disable CA1308
        var name = type.Name.ToLowerInvariant();
#pragma warning restore CA1308
        return GrainType.Create(
            name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal)
                ? name[..^Suffix.Length]
                : name);
    }
}
