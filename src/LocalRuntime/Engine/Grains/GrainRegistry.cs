using System.Collections.Concurrent;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>All grain classes known in a cluster, and which one an interface means.</summary>
internal sealed class GrainRegistry
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainClass> _resolved = new();
    private readonly Dictionary<GrainType, GrainClass> _classes = [];

    public void Add(GrainClass added)
    {
        lock (_lock)
        {
            if (_classes.TryGetValue(added.GrainType, out var known))
            {
                if (known.Type != added.Type)
                {
                    throw new InvalidOperationException(
                        $"{known.Type} and {added.Type} have the same grain type '{added.GrainType}'.");
                }

                return;
            }

            _classes.Add(added.GrainType, added);
            _resolved.Clear();
        }
    }

    public GrainClass? Find(GrainType type)
    {
        lock (_lock)
        {
            return _classes.GetValueOrDefault(type);
        }
    }

    /// <summary>The class that implements an interface. Throws when there is none, or more than one fits.</summary>
    public GrainClass Resolve(Type interfaceType, string? prefix) =>
        _resolved.TryGetValue((interfaceType, prefix), out var found) ? found : Search(interfaceType, prefix);

    private GrainClass Search(Type interfaceType, string? prefix)
    {
        lock (_lock)
        {
            var fits = _classes.Values
                .Where(candidate => candidate.Interfaces.Contains(interfaceType))
                .Where(candidate => prefix is null
                    || candidate.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal)
                    || candidate.Type.Name.StartsWith(prefix, StringComparison.Ordinal))
                .ToArray();
            if (fits.Length > 1)
            {
                // By convention IFooGrain means FooGrain.
                var named = fits.Where(candidate => "I" + candidate.Type.Name == interfaceType.Name).ToArray();
                fits = named.Length == 1 ? named : fits;
            }

            var found = fits switch
            {
                [var only] => only,
                [] => throw new ArgumentException($"Could not find an implementation for interface {interfaceType}"),
                _ => throw new ArgumentException(
                    $"Unable to identify a single grain type for {interfaceType}: "
                    + string.Join(", ", fits.Select(static fit => fit.Type))),
            };
            _resolved[(interfaceType, prefix)] = found;
            return found;
        }
    }
}
