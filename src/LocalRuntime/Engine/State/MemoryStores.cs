using System.Collections.Concurrent;

namespace ImOrleans.LocalRuntime;

/// <summary>The storages in memory of a cluster, by name: all its silos see the same.</summary>
internal sealed class MemoryStores
{
    private readonly ConcurrentDictionary<string, MemoryStore> _stores = new(StringComparer.Ordinal);

    public MemoryStore Get(string name) => _stores.GetOrAdd(name, static _ => new MemoryStore());
}
