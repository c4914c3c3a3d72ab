using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Locks;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>
/// What one session wants and has of the shared data of a channel or user. Gateway and grain keep one each, and change
/// them by the same rules, so that both hold the same after the same events.
/// </summary>
/// <param name="session">Whose it is.</param>
/// <param name="user">Its user.</param>
public sealed class SharedDataInterest(SessionId session, UserId user)
{
    private readonly Dictionary<LockName, long> _holding = [];
    private readonly Dictionary<LockName, long> _waiting = [];

    /// <summary>Whose it is.</summary>
    public SessionId Session { get; } = session;

    /// <summary>The session's user.</summary>
    public UserId User { get; } = user;

    /// <summary>Whether it is told of changes of metadata.</summary>
    public bool WantsMetadata { get; set; }

    /// <summary>Whether it is told of all locks.</summary>
    public bool WantsLocks { get; set; }

    /// <summary>How long it stays when its gateway is lost; null: it goes with its gateway.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>True when it has, awaits or watches locks.</summary>
    public bool HasLocks => WantsLocks || _holding.Count > 0 || _waiting.Count > 0;

    /// <summary>True when there is nothing to be told.</summary>
    public bool IsIdle => !WantsMetadata && !HasLocks;

    /// <summary>The place in the queue for a lock; null when the session does not wait for it.</summary>
    public long? TicketFor(LockName name) => _waiting.TryGetValue(name, out var ticket) ? ticket : null;

    /// <summary>The fencing token of a lock that the session acquired; zero when it has not.</summary>
    public long TokenOf(LockName name) => _holding.GetValueOrDefault(name);

    /// <summary>The session acquired a lock.</summary>
    public void Hold(LockName name, long fencingToken)
    {
        _waiting.Remove(name);
        _holding[name] = fencingToken;
    }

    /// <summary>The session waits for a lock.</summary>
    public void Await(LockName name, long ticket) => _waiting[name] = ticket;

    /// <summary>The session waits for a lock no more.</summary>
    public void Forgo(LockName name) => _waiting.Remove(name);

    /// <summary>Takes note of what happened to a lock; true when it ends a waiting or a holding of this session.</summary>
    public bool Apply(LockChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var name = change.Lock.Name;
        switch (change.Kind)
        {
            case LockChangeKind.Acquired when change.Lock.Owner == User && _waiting.ContainsKey(name):
                Hold(name, change.Lock.FencingToken);
                return true;
            case LockChangeKind.Released or LockChangeKind.Expired
                when _holding.TryGetValue(name, out var token) && token == change.EndedToken:
                return _holding.Remove(name);
            case LockChangeKind.Removed:
                return _holding.Remove(name) | _waiting.Remove(name);
            default:
                return false;
        }
    }

    /// <summary>Brings it up to date with all locks, but for those of which something newer is known.</summary>
    /// <returns>What must have happened meanwhile to the locks that the session had or waited for.</returns>
    public IReadOnlyList<LockChange> Reconcile(LockContent content, Predicate<LockName>? isOld = null)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (_holding.Count == 0 && _waiting.Count == 0)
            return [];
        var locks = content.Locks.ToDictionary(detail => detail.Name);
        var changes = new List<LockChange>();
        foreach (var (name, token) in _holding.ToArray())
            if (isOld?.Invoke(name) == true)
                continue;
            else if (!locks.TryGetValue(name, out var detail))
                changes.Add(new(LockChangeKind.Removed, new(name, 0), token));
            else if (detail.Owner != User)
                changes.Add(new(LockChangeKind.Released, detail, token));
            else if (detail.FencingToken != token)
                _holding[name] = detail.FencingToken;
        foreach (var name in _waiting.Keys)
            if (isOld?.Invoke(name) == true)
                continue;
            else if (!locks.TryGetValue(name, out var detail))
                changes.Add(new(LockChangeKind.Removed, new(name, 0)));
            else if (detail.Owner == User)
                changes.Add(new(LockChangeKind.Acquired, detail));
        foreach (var change in changes)
            Apply(change);
        return changes;
    }

    /// <summary>As it crosses the wire.</summary>
    public SharedDataSession ToSession() => new(
        Session, User, WantsMetadata, WantsLocks,
        [.. _holding.Select(held => new HeldLock(held.Key, held.Value))],
        [.. _waiting.Select(awaited => new AwaitedLock(awaited.Key, awaited.Value))])
    {
        Timeout = Timeout,
    };

    /// <summary>From the wire.</summary>
    public static SharedDataInterest Of(SharedDataSession stated)
    {
        ArgumentNullException.ThrowIfNull(stated);
        var interest = new SharedDataInterest(stated.Session, stated.User)
        {
            WantsMetadata = stated.WantsMetadata,
            WantsLocks = stated.WantsLocks,
            Timeout = stated.Timeout,
        };
        foreach (var held in stated.Holding)
            interest._holding[held.Name] = held.FencingToken;
        foreach (var awaited in stated.Waiting)
            interest._waiting[awaited.Name] = awaited.Ticket;
        return interest;
    }
}
