using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Sessions;

/// <summary>The sessions without a connection, in the order in which they lost it. Safe for concurrent use.</summary>
/// <remarks>
/// <b>Cost:</b> constant, but for a user with too many, for whom the line is walked through.
/// </remarks>
internal sealed class DetachedSessions(SessionOptions options)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Session> _line = new();
    private readonly Dictionary<SessionId, LinkedListNode<Session>> _places = [];
    private readonly Dictionary<UserId, int> _users = [];

    public int Count
    {
        get
        {
            lock (_gate)
                return _line.Count;
        }
    }

    /// <summary>Adds a session; the one that has to go for it, which may be itself.</summary>
    public Session? Add(Session session)
    {
        lock (_gate)
        {
            if (_places.ContainsKey(session.Id))
                return null;
            _places[session.Id] = _line.AddLast(session);
            var ofUser = _users[session.User] = _users.GetValueOrDefault(session.User) + 1;
            var surplus = ofUser > options.DetachedPerUserMax ? _line.First(other => other.User == session.User)
                : _line.Count > options.DetachedMax ? _line.First!.Value
                : null;
            if (surplus is not null)
                RemoveInside(surplus);
            return surplus;
        }
    }

    /// <summary>Takes out the session of a user that has waited longest; null when none waits.</summary>
    public Session? TakeOldestOf(UserId user)
    {
        lock (_gate)
        {
            var oldest = _users.ContainsKey(user) ? _line.First(session => session.User == user) : null;
            if (oldest is not null)
                RemoveInside(oldest);
            return oldest;
        }
    }

    /// <summary>Removes a session that has a connection again, or has ended; an unknown one is fine.</summary>
    public void Remove(Session session)
    {
        lock (_gate)
            RemoveInside(session);
    }

    private void RemoveInside(Session session)
    {
        if (!_places.Remove(session.Id, out var place))
            return;
        _line.Remove(place);
        if (--_users[session.User] == 0)
            _users.Remove(session.User);
    }
}
