using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Simulation.Tests;

/// <summary>The metadata of one channel or user as a client makes it out of its events: never anything but what was stored.</summary>
internal sealed class MetadataReplica(SimulatedWorld world, string visit, string key)
{
    private readonly SortedDictionary<string, MetadataItem> _items = new(StringComparer.Ordinal);

    /// <summary>What it is up to; null before the first snapshot.</summary>
    public long? Revision { get; private set; }

    public void Apply(StorageEvent told)
    {
        world.Journal.Note($"{visit} is told of {key}: {told.Kind?.ToString() ?? "all"} {told.MajorRevision}");
        if (told.Kind is null)
            TakeAll(told);
        else
            TakeChange(told);
        Revision = told.MajorRevision;
        var stored = world.Keeping!.History.At(key, told.MajorRevision);
        if (stored is null)
            world.Journal.Violate($"{visit} is told of revision {told.MajorRevision} of {key}, which is not stored");
        else if (!stored.Items.OrderBy(item => item.Key, StringComparer.Ordinal).SequenceEqual(_items.Values))
            world.Journal.Violate($"{visit} has got revision {told.MajorRevision} of {key} wrong: {this}");
    }

    public override string ToString() => string.Join(',', _items.Values.Select(item => $"{item.Key}={item.Value}"));

    private void TakeAll(StorageEvent told)
    {
        if (told.MajorRevision <= Revision)
            world.Journal.Violate($"{visit} is told all of {key} as of {told.MajorRevision} after {Revision}");
        _items.Clear();
        foreach (var item in told.Items)
            _items[item.Key] = item;
    }

    private void TakeChange(StorageEvent told)
    {
        if (Revision is null)
            world.Journal.Violate($"{visit} is told of a change of {key} before all of it");
        else if (told.MajorRevision != Revision + 1)
            world.Journal.Violate($"{visit} is told of revision {told.MajorRevision} of {key} after {Revision}");
        foreach (var item in told.Items)
            if (told.Kind == MetadataChangeKind.Remove)
                _items.Remove(item.Key);
            else
                _items[item.Key] = item;
    }
}
