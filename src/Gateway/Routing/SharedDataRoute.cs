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
/// Everything that the grain says has the revision of what it is about. Revisions are stored and only rise, so they put
/// an answer and what came before or after it in order, whichever arrives first, and the words of one activation and of
/// the next: a session is told what is newer than what it knows. While a call of a session is under way, what the grain
/// says is kept for it. At most one call a session is under way: they are in order.
/// </remarks>
internal sealed class SharedDataRoute(ChannelType type, string name, ISharedDataGrain grain)
    : Route(GrainKey.SharedData(type, name))
{
    private readonly Dictionary<SessionId, SharedDataEntry> _entries = [];

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

        entry.BeginKeeping();
    }

    /// <summary>The call of a session has ended, accepted or not. Under the gate.</summary>
    public void End(Session session)
    {
        if (!_entries.TryGetValue(session.Id, out var entry))
            return;
        foreach (var item in entry.TakeKept())
            Note(entry, item);
        RemoveIfIdle(entry);
    }

    /// <summary>A watch was accepted: snapshots go first, then what came after them, then everything live. Under the gate.</summary>
    public void CompleteWatch(Session session, SharedDataWatched watched)
    {
        if (!_entries.TryGetValue(session.Id, out var entry))
            return;
        var kept = entry.TakeKept();
        foreach (var item in kept)
            if (watched.Locks is null || RevisionOfLocks(item) <= watched.Locks.Revision)
                Note(entry, item);
        if (watched.Metadata is { } metadata)
        {
            entry.WatchMetadata(metadata.MajorRevision);
            session.Outbox.Post(SharedDataEvent.Snapshot(this, metadata));
        }

        if (watched.Locks is { } locks)
        {
            entry.WatchLocks(locks.Revision);
            session.Outbox.Post(SharedDataEvent.Snapshot(this, locks));
        }

        foreach (var item in kept)
        {
            if (TryTell(entry, item))
                session.Outbox.Post(SharedDataEvent.Of(this, item));
            if (RevisionOfLocks(item) > watched.Locks?.Revision)
                Note(entry, item);
        }
    }

    /// <summary>The session is told no more. Under the gate.</summary>
    public void CompleteUnwatch(Session session, bool metadata, bool locks)
    {
        if (!_entries.TryGetValue(session.Id, out var entry))
            return;
        entry.Interest.WantsMetadata &= !metadata;
        entry.Interest.WantsLocks &= !locks;
    }

    /// <summary>The session's user has the lock, or the session waits for it. Under the gate.</summary>
    public void CompleteAcquire(Session session, LockName lockName, LockAnswer answer)
    {
        if (!_entries.TryGetValue(session.Id, out var entry))
            return;
        entry.Answer(lockName, answer);
        foreach (var item in entry.TakeKept())
            Note(entry, item);
    }

    /// <summary>The session waits for the lock no more, or was just given it. Under the gate.</summary>
    public void CompleteForgo(Session session, LockName lockName, LockAnswer answer)
    {
        if (!_entries.TryGetValue(session.Id, out var entry))
            return;
        entry.AnswerForgone(lockName, answer);
        foreach (var item in entry.TakeKept())
            Note(entry, item);
    }

    /// <summary>
    /// What ends the session's waiting for a lock, once it does; null when it does not wait. Under the gate.
    /// </summary>
    public Task<LockChange?>? WhenDecided(Session session, LockName lockName) =>
        _entries.TryGetValue(session.Id, out var entry) && entry.Interest.TicketFor(lockName) is not null
            ? entry.WhenDecided(lockName)
            : null;

    /// <summary>Forgets a session; false when it has nothing here. Under the gate.</summary>
    public bool Remove(Session session)
    {
        if (!_entries.Remove(session.Id, out var entry))
            return false;
        entry.End();
        session.SharedData.Remove(this);
        return true;
    }

    public override Task<Outcome<RouteStamp>> RegisterAsync(RouteUpdate update) =>
        Grain.RegisterAsync(new SharedDataRegistration(update, [.. Describe()], ToldMetadata()));

    public override Task<bool> CheckAsync(RouteCheck check) => Grain.CheckAsync(check);

    public override long Digest() => SharedDataRegistration.DigestOf(Describe());

    protected override int Dispatch(DeliveryItem item, FanOut fanOut)
    {
        if (RevisionOfMetadata(item) is null && RevisionOfLocks(item) is null)
            return 0;
        var sessions = _entries.Values.Where(entry => TryTell(entry, item)).Select(entry => entry.Session).ToArray();
        var reached = sessions.Length == 0 ? 0 : fanOut.Post(sessions, SharedDataEvent.Of(this, item));
        foreach (var entry in _entries.Values.ToArray())
        {
            if (entry.TryKeep(item))
                continue;
            reached += Note(entry, item);
            RemoveIfIdle(entry);
        }

        return reached;
    }

    /// <summary>True when a session that watches has to be told; it knows from now on.</summary>
    private static bool TryTell(SharedDataEntry entry, DeliveryItem item) =>
        RevisionOfMetadata(item) is { } metadata
            ? entry.TryTellMetadata(metadata)
            : RevisionOfLocks(item) is { } locks && entry.TryTellLocks(locks);

    /// <summary>
    /// What an item means for the locks that one session has or awaits; told to it unless it watches all locks.
    /// </summary>
    private int Note(SharedDataEntry entry, DeliveryItem item)
    {
        var concerned = entry.Note(item);
        if (entry.Interest.WantsLocks)
            return 0;
        // At once: before a snapshot that is posted next, in which it is contained.
        foreach (var change in concerned)
            entry.Session.Outbox.Post(SharedDataEvent.Of(this, change, RevisionOfLocks(item) ?? 0));
        return concerned.Count;
    }

    private void RemoveIfIdle(SharedDataEntry entry)
    {
        if (!entry.IsKeeping && entry.Interest.IsIdle)
            Remove(entry.Session);
    }

    private IEnumerable<SharedDataSession> Describe() =>
        _entries.Values.Where(entry => !entry.Interest.IsIdle).Select(entry => entry.Interest.ToSession() with
        {
            Timeout = entry.Session.LockTimeout,
        });

    /// <summary>What all who watch metadata have been told.</summary>
    private long ToldMetadata() =>
        _entries.Values.Where(entry => entry.Interest.WantsMetadata).Min(entry => (long?)entry.ToldMetadata) ?? -1;

    private static long? RevisionOfMetadata(DeliveryItem item) => item switch
    {
        MetadataEvent change => change.MajorRevision,
        MetadataSnapshot snapshot => snapshot.Content.MajorRevision,
        _ => null,
    };

    private static long? RevisionOfLocks(DeliveryItem item) => item switch
    {
        LockEvent change => change.Revision,
        LockSnapshot snapshot => snapshot.Content.Revision,
        _ => null,
    };
}
