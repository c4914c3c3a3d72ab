using System.Collections.Immutable;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Routing;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Sessions;

/// <summary>The shared data of a channel or user changed, or this is all of it.</summary>
internal abstract class SharedDataEvent(ChannelType type, string name) : SessionEvent
{
    public ChannelType Type { get; } = type;

    /// <summary>The channel's name or the user's id.</summary>
    public string Name { get; } = name;

    /// <summary>All metadata.</summary>
    public static SharedDataEvent Snapshot(SharedDataRoute route, MetadataContent content) =>
        new StorageEvent(route.Type, route.Name, null, content.MajorRevision, content.Items);

    /// <summary>All locks.</summary>
    public static SharedDataEvent Snapshot(SharedDataRoute route, LockContent content) =>
        new LocksEvent(route.Type, route.Name, null, content.Revision, content.Locks);

    /// <summary>What happened to a lock, by a revision of all.</summary>
    public static SharedDataEvent Of(SharedDataRoute route, LockChange change, long revision) =>
        new LocksEvent(route.Type, route.Name, change.Kind, revision, [change.Lock], change.EndedToken);

    /// <summary>What a grain said.</summary>
    public static SharedDataEvent Of(SharedDataRoute route, DeliveryItem item) => item switch
    {
        MetadataEvent change => new StorageEvent(route.Type, route.Name, change.Kind, change.MajorRevision, change.Items),
        MetadataSnapshot snapshot => Snapshot(route, snapshot.Content),
        LockEvent change => Of(route, change.Change, change.Revision),
        LockSnapshot snapshot => Snapshot(route, snapshot.Content),
        _ => throw new ArgumentException($"{item.GetType().Name} is not about shared data.", nameof(item)),
    };
}

/// <summary>Metadata changed; or all of it, when there is no kind.</summary>
internal sealed class StorageEvent(
    ChannelType type, string name, MetadataChangeKind? kind, long majorRevision, ImmutableArray<MetadataItem> items)
    : SharedDataEvent(type, name)
{
    public MetadataChangeKind? Kind { get; } = kind;

    public long MajorRevision { get; } = majorRevision;

    public ImmutableArray<MetadataItem> Items { get; } = items;

    public override int Bytes { get; } = 256 + items.Sum(item => 128 + item.Key.Length + item.Value.Length);
}

/// <summary>Something happened to a lock; or all locks, when there is no kind.</summary>
internal sealed class LocksEvent(
    ChannelType type, string name, LockChangeKind? kind, long revision, ImmutableArray<LockDetail> locks, long endedToken = 0)
    : SharedDataEvent(type, name)
{
    public LockChangeKind? Kind { get; } = kind;

    /// <summary>Rises with every change of any lock of the channel.</summary>
    public long Revision { get; } = revision;

    public ImmutableArray<LockDetail> Locks { get; } = locks;

    /// <summary>The fencing token that is void now; zero when none is.</summary>
    public long EndedToken { get; } = endedToken;

    public override int Bytes { get; } = 256 + (locks.Length * 192);
}
