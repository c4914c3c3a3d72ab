using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Routing;

/// <summary>
/// The sessions that want one thing. Reading gives an array that later changes leave alone, so a fan-out needs no lock
/// while it writes. Callers guard every member with the lock of the route.
/// </summary>
/// <remarks><b>Cost:</b> a change is O(1); the first read after changes copies the set once.</remarks>
internal sealed class SessionSet
{
    private readonly HashSet<Session> _sessions = [];
    private Session[]? _snapshot = [];

    public int Count => _sessions.Count;

    public bool Add(Session session)
    {
        if (!_sessions.Add(session))
            return false;
        _snapshot = null;
        return true;
    }

    public bool Remove(Session session)
    {
        if (!_sessions.Remove(session))
            return false;
        _snapshot = null;
        return true;
    }

    /// <summary>The members now.</summary>
    public Session[] Snapshot() => _snapshot ??= [.. _sessions];
}
