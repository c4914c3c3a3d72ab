using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Locks;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.SharedData;

/// <summary>
/// What is not stored about locks: whose sessions are there, who waits, and how long those who went away have left.
/// Gateways vouch for it and state it anew.
/// </summary>
/// <param name="grace">
/// How long owners that were granted a lock by another activation count as present: their gateways have so long to state
/// them here.
/// </param>
internal sealed class LockDesk(TimeSpan grace)
{
    private readonly Dictionary<LockName, DateTimeOffset> _endsAt = [];
    private readonly Dictionary<LockName, DateTimeOffset> _inherited = [];
    private readonly Dictionary<UserId, int> _users = [];
    private readonly SessionTable<SharedDataInterest> _sessions = new();
    private long _lastTicket;

    public IReadOnlyCollection<SharedDataInterest> Sessions => _sessions.All;

    /// <summary>When the first lock ends whose owner is away; null when there is none.</summary>
    public DateTimeOffset? NextEnd => _endsAt.Count == 0 ? null : _endsAt.Values.Min();

    public SharedDataInterest? Find(SessionId session) => _sessions.TryGet(session, out var interest) ? interest : null;

    public IReadOnlyList<SharedDataInterest> Of(GatewayId gateway) => _sessions.Of(gateway);

    public bool HasAny(GatewayId gateway) => _sessions.HasAny(gateway);

    public void Add(SharedDataInterest interest)
    {
        Remove(interest.Session);
        _sessions.Set(interest.Session, interest);
        _users[interest.User] = _users.GetValueOrDefault(interest.User) + 1;
    }

    public bool Remove(SessionId session)
    {
        if (!_sessions.Remove(session, out var interest))
            return false;
        if (--_users[interest.User] == 0)
            _users.Remove(interest.User);
        return true;
    }

    /// <summary>True when a session of the user is here.</summary>
    public bool IsPresent(UserId user) => _users.ContainsKey(user);

    /// <summary>A place in a queue, after all that were given before here.</summary>
    public long NextTicket(DateTimeOffset now) => _lastTicket = Math.Max(_lastTicket + 1, now.ToUnixTimeMilliseconds());

    /// <summary>True when a session of the user has that place in the queue for a lock.</summary>
    public bool HasPlace(UserId user, LockName name, long ticket) =>
        ticket > 0 && Sessions.Any(session => session.User == user && session.TicketFor(name) == ticket);

    /// <summary>How many sessions wait for a lock.</summary>
    public int WaitersOf(LockName name) => Sessions.Count(session => session.TicketFor(name) is not null);

    /// <summary>Whose turn it is when a lock becomes free; null when nobody waits.</summary>
    public UserId? NextOf(LockName name) =>
        Sessions.Where(session => session.TicketFor(name) is not null).MinBy(session => session.TicketFor(name))?.User;

    /// <summary>The locks were granted by another activation.</summary>
    public void Inherit(SharedDataState state, DateTimeOffset now)
    {
        _endsAt.Clear();
        _inherited.Clear();
        foreach (var detail in state.Locks.Where(detail => detail.Owner is not null))
            _inherited[detail.Name] = now + grace;
        Watch(state, now);
    }

    /// <summary>Begins and ends the times of the locks, by who is there now.</summary>
    public void Watch(SharedDataState state, DateTimeOffset now)
    {
        foreach (var detail in state.Locks)
            if (detail.Owner is not { } owner || IsPresent(owner))
                Forget(detail.Name);
            else if (!_endsAt.ContainsKey(detail.Name))
                _endsAt[detail.Name] = Later(now, _inherited.GetValueOrDefault(detail.Name))
                    + TimeSpan.FromSeconds(detail.TtlSeconds);
    }

    /// <summary>The locks whose owner was away for too long.</summary>
    public IReadOnlyList<LockDetail> Ended(SharedDataState state, DateTimeOffset now) =>
        [.. state.Locks.Where(detail => _endsAt.TryGetValue(detail.Name, out var endsAt) && endsAt <= now)];

    /// <summary>The free locks that somebody waits for.</summary>
    public IReadOnlyList<LockDetail> Wanted(SharedDataState state) =>
        [.. state.Locks.Where(detail => detail.Owner is null && NextOf(detail.Name) is not null)];

    /// <summary>A lock is free, gone, or its owner is there: no time runs.</summary>
    public void Forget(LockName name)
    {
        _endsAt.Remove(name);
        _inherited.Remove(name);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
