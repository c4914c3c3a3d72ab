using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// Where a session that comes from another gateway begins to hear from each grain here; what is before it hears from there.
/// Safe for concurrent use.
/// </summary>
internal sealed class SessionPositions
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RouteStamp> _stamps = [];
    private readonly Dictionary<string, long> _watched = [];
    private readonly Dictionary<(string Route, LockName Name), long> _acquired = [];

    /// <summary>Those of grains whose words are told apart by activation and sequence.</summary>
    public IReadOnlyDictionary<string, RouteStamp> Stamps => _stamps;

    /// <summary>What a grain says goes to the session here after this position.</summary>
    public void Add(string route, RouteStamp stamp)
    {
        lock (_gate)
            _stamps[route] = stamp;
    }

    /// <summary>All locks of a channel are watched here, from a snapshot on.</summary>
    public void WatchLocks(ChannelType type, ChannelName channel, long revision)
    {
        lock (_gate)
            _watched[GrainKey.SharedData(type, channel.Value)] = revision;
    }

    /// <summary>One lock of a channel is held or awaited here.</summary>
    public void Acquire(ChannelType type, string channel, LockName name, long revision)
    {
        lock (_gate)
            _acquired[(GrainKey.SharedData(type, channel), name)] = revision;
    }

    /// <summary>True when the session does not hear of it here.</summary>
    public bool IsBefore(RestItem item)
    {
        if (item.Item is LockEvent { Change.Lock.Name: var name, Revision: var revision })
            return _watched.TryGetValue(item.Route, out var watched) ? revision <= watched
                : !_acquired.TryGetValue((item.Route, name), out var acquired) || revision <= acquired;

        // Of an earlier activation everything is from before.
        return !_stamps.TryGetValue(item.Route, out var stamp)
            || item.Epoch != stamp.Epoch || item.Item.Sequence <= stamp.Position;
    }
}
