using System.Collections.Concurrent;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>Which activation each grain has: at most one.</summary>
internal sealed class GrainDirectory
{
    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();

    public int Count => _activations.Count;

    public Activation? Find(GrainId id) => _activations.GetValueOrDefault(id);

    /// <summary>The one activation: the given, or the one that came first.</summary>
    public Activation GetOrAdd(Activation activation) => _activations.GetOrAdd(activation.GrainId, activation);

    /// <summary>Removes this activation, never one that has followed it.</summary>
    public void Remove(Activation activation) =>
        _activations.TryRemove(new KeyValuePair<GrainId, Activation>(activation.GrainId, activation));

    /// <summary>The activations of a silo at this moment; in the same order each time where runs must repeat.</summary>
    public IEnumerable<Activation> On(LocalSilo silo)
    {
        var found = _activations.Select(static entry => entry.Value).Where(activation => activation.Silo == silo);
        return silo.Cluster.Turns.IsDeterministic
            ? found.OrderBy(static activation => activation.GrainId.ToString(), StringComparer.Ordinal)
            : found;
    }

    public GrainDirectory Copy()
    {
        var copy = new GrainDirectory();
        foreach (var (_, activation) in _activations)
        {
            copy.GetOrAdd(activation);
        }

        return copy;
    }
}
