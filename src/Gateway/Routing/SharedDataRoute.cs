using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Routing;

/// <summary>The local sessions that watch the shared data of one channel or user, have its locks or wait for them.</summary>
/// <remarks>
/// While a call of a session is under way, what the grain says about locks is kept for it, and counts before or after
/// the call's answer by its position. At most one call a session is under way: they are in order.
/// </remarks>
internal sealed class SharedDataRoute(ChannelType type, string name, ISharedDataGrain grain)
    : Route(GrainKey.SharedData(type, name))
{
    /// <summary>Events kept for a session whose call is under way.</summary>
    private const int KeptItemsMax = 4096;

    private readonly Dictionary<SessionId, Entry> _entries = [];
    private readonly SessionSet _metadataWatchers = new();
    private readonly SessionSet _lockWatchers = new();
    private long _metadataRevision = -1;
    private long _lockRevision = -1;

    public ChannelType Type { get; } = type;

    /// <summary>The channel's name or the user's id.</summary>
    public string Name { get; } = name;

    public ISharedDataGrain Grain { get; } = grain;

    /// <summary>True when no session has anything here; may be asked without the gate, for a guess.</summary>
    public bool IsUnwanted => _entries.Count == 0;

    protected override bool IsEmpty => _entries.Count == 0;

    /// <summary>What a session wants and has here, as the grain knows; null when that is nothing. Under the gate.</summary>
    public SharedDataInterest? Find(Session session) => _entries.GetValueOrDefault(session.Id)?.Interest;

    /// <summary>A call of a session begins. Under the gate.</summary>
    public void Begin(Session session)
    {
        if (!_entries.TryGetValue(session.Id, out var entry))
        {
            _entries[session.Id] = entry = new(session);
            session.SharedData.Add(this);
        }

        entry.Kept ??= [];
    }

    /// <summary>The call of a session has ended, accepted or not. Under the gate.</summary>
    public void End(Session session)
    {
        if (!_entries.TryGetValue(session.Id, out var entry))
            return;
        var kept = entry.TakeKept();
        var fanOut = new FanOut();
        foreach (var item in kept)
            Note(entry, item, fanOut);
        Enqueue(fanOut);
        RemoveIfIdle(entry);
    }

    /// <summary>A watch was accepted: snapshots go first, then what came after them, then everything live. Under the gate.</summary>
    public void CompleteWatch(Session session, SharedDataWatched watched)
    {
        if (!_entries.TryGetValue(session.Id, out var entry))
            return;
        var kept = entry.TakeKept();
        var fanOut = new FanOut();
        foreach (var item in kept.Where(item => item.Sequence <= watched.Stamp.Position))
            Note(entry, item, fanOut);
        Enqueue(fanOut);
        if (watched.Metadata is { } metadata)
        {
            entry.Interest.WantsMetadata = true;
            _metadataWatchers.Add(session);
            session.Outbox.Post(SharedDataEvent.Snapshot(this, metadata));
        }

        if (watched.Locks is { } locks)
        {
            entry.Interest.WantsLocks = true;
            _lockWatchers.Add(session);
            session.Outbox.Post(SharedDataEvent.Snapshot(this, locks));
        }

        foreach (var item in kept.Where(item => item.Sequence > watched.Stamp.Position))
        {
            Note(entry, item, null);
            if (item is MetadataEvent or MetadataSnapshot ? watched.Metadata is not null : watched.Locks is not null)
                session.Outbox.Post(SharedDataEvent.Of(this, item));
        }
    }

    /// <summary>The session is told no more. Under the gate.</summary>
    public void CompleteUnwatch(Session session, bool metadata, bool locks)
    {
        if (!_entries.TryGetValue(session.Id, out var entry))
            return;
        if (metadata && _metadataWatchers.Remove(session))
            entry.Interest.WantsMetadata = false;
        if (locks && _lockWatchers.Remove(session))
            entry.Interest.WantsLocks = false;
    }

    /// <summary>The session's user has the lock, or the session waits for it. Under the gate.</summary>
    public void CompleteAcquire(Session session, LockName lockName, LockAnswer answer)
    {
        if (!_entries.TryGetValue(session.Id, out var entry))
            return;
        var kept = entry.TakeKept();
        var fanOut = new FanOut();
        foreach (var item in kept.Where(item => item.Sequence <= answer.Stamp.Position))
            Note(entry, item, fanOut);
        if (answer.FencingToken > 0)
            entry.Interest.Hold(lockName, answer.FencingToken);
        else
            entry.Interest.Await(lockName, answer.Ticket);
        foreach (var item in kept.Where(item => item.Sequence > answer.Stamp.Position))
            Note(entry, item, fanOut);
        Enqueue(fanOut);
    }

    /// <summary>Forgets a session; false when it has nothing here. Under the gate.</summary>
    public bool Remove(Session session)
    {
        if (!_entries.Remove(session.Id))
            return false;
        _metadataWatchers.Remove(session);
        _lockWatchers.Remove(session);
        session.SharedData.Remove(this);
        return true;
    }

    public override Task<Outcome<RouteStamp>> RegisterAsync(RouteUpdate update) =>
        Grain.RegisterAsync(new SharedDataRegistration(update, [.. Describe()], _metadataRevision));

    public override Task<bool> CheckAsync(RouteCheck check) => Grain.CheckAsync(check);

    public override long Digest() => SharedDataRegistration.DigestOf(Describe());

    protected override int Dispatch(DeliveryItem item, FanOut fanOut)
    {
        switch (item)
        {
            case MetadataEvent change:
                _metadataRevision = change.MajorRevision;
                Keep(item);
                return fanOut.Post(_metadataWatchers.Snapshot(), SharedDataEvent.Of(this, item));
            case MetadataSnapshot { Content: var content }:
                Keep(item);
                if (content.MajorRevision == _metadataRevision)
                    return 0;
                _metadataRevision = content.MajorRevision;
                return fanOut.Post(_metadataWatchers.Snapshot(), SharedDataEvent.Of(this, item));
            case LockEvent:
                return DispatchLocks(item, fanOut, isNews: true);
            case LockSnapshot { Content: var content }:
                var isNews = content.Revision != _lockRevision;
                _lockRevision = content.Revision;
                return DispatchLocks(item, fanOut, isNews);
            default:
                return 0;
        }
    }

    protected override void OnEpochChanged()
    {
        foreach (var entry in _entries.Values)
            entry.Kept?.Clear();
    }

    private int DispatchLocks(DeliveryItem item, FanOut fanOut, bool isNews)
    {
        if (item is LockEvent)
            _lockRevision++;
        var reached = isNews ? fanOut.Post(_lockWatchers.Snapshot(), SharedDataEvent.Of(this, item)) : 0;
        foreach (var entry in _entries.Values.ToArray())
        {
            if (entry.TryKeep(item))
                continue;
            reached += Note(entry, item, fanOut);
            RemoveIfIdle(entry);
        }

        return reached;
    }

    private void Keep(DeliveryItem item)
    {
        foreach (var entry in _entries.Values)
            entry.TryKeep(item);
    }

    /// <summary>
    /// What an item means for the locks of one session; told to it unless it watches locks and hears of it anyway.
    /// </summary>
    private int Note(Entry entry, DeliveryItem item, FanOut? fanOut)
    {
        IReadOnlyList<LockChange> concerned = item switch
        {
            LockEvent change => entry.Interest.Apply(change.Change) ? [change.Change] : [],
            LockSnapshot snapshot => entry.Interest.Reconcile(snapshot.Content),
            _ => [],
        };
        if (fanOut is null || entry.Interest.WantsLocks)
            return 0;
        foreach (var change in concerned)
            fanOut.Post([entry.Session], SharedDataEvent.Of(this, change));
        return concerned.Count;
    }

    private void RemoveIfIdle(Entry entry)
    {
        if (entry.Kept is null && entry.Interest.IsIdle)
            Remove(entry.Session);
    }

    private IEnumerable<SharedDataSession> Describe() =>
        _entries.Values.Where(entry => !entry.Interest.IsIdle).Select(entry => entry.Interest.ToSession());

    private sealed class Entry(Session session)
    {
        public Session Session { get; } = session;

        public SharedDataInterest Interest { get; } = new(session.Id, session.User);

        /// <summary>What came while a call is under way; null when none is.</summary>
        public List<DeliveryItem>? Kept { get; set; }

        public bool TryKeep(DeliveryItem item)
        {
            if (Kept is null)
                return false;
            if (Kept.Count < KeptItemsMax)
                Kept.Add(item);
            return true;
        }

        public List<DeliveryItem> TakeKept()
        {
            var kept = Kept ?? [];
            Kept = null;
            return kept;
        }
    }
}
