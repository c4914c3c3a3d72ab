using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>Chooses the silo of a new activation.</summary>
internal sealed class Placement(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    /// <summary>The place for a grain, or null when no silo that is alive has its class.</summary>
    public GrainKind? Choose(GrainId id, GrainClass grainClass, LocalSilo[] alive, LocalSilo caller)
    {
        if (grainClass.Placement is PreferLocalPlacement && Array.IndexOf(alive, caller) >= 0
            && caller.KindOf(id.Type) is { } local)
        {
            return local;
        }

        var kinds = alive.Length == 1
            ? [alive[0].KindOf(id.Type)]
            : Array.FindAll(Array.ConvertAll(alive, silo => silo.KindOf(id.Type)), static kind => kind is not null);
        if (kinds.Length < 2)
        {
            return kinds.Length == 0 ? null : kinds[0];
        }

        if (grainClass.Placement is HashBasedPlacement)
        {
            return kinds[id.GetUniformHashCode() % (uint)kinds.Length];
        }

        lock (_lock)
        {
            return kinds[_random.Next(kinds.Length)];
        }
    }
}
