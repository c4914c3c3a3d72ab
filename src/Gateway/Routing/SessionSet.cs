using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Routing;

/// <summary>
/// The sessions that want one thing. Reading gives an array that later changes leave alone, so a fan-out needs no lock
/// while it writes. Callers guard every member with the lock of the route.
/// </summary>
/// <remarks>
/// <para>Each has a position: items up to it, of the activation that the route knows, are from before its time. One that
/// was held up on its way can come after it, and a batch without an acknowledgement comes again.</para>
/// <b>Cost:</b> a change is O(1); the first read after changes copies the set once.
/// </remarks>
internal sealed class SessionSet
{
    private readonly Dictionary<Session, long> _positions = [];
    private Session[]? _snapshot = [];
    private long _last;

    public int Count => _positions.Count;

    /// <summary>Adds a session for what comes after a position; false when it is in already.</summary>
    public bool Add(Session session, long position)
    {
        if (!_positions.TryAdd(session, position))
            return false;
        _last = Math.Max(_last, position);
        _snapshot = null;
        return true;
    }

    /// <summary>The position that a session was added with; null when it is not in.</summary>
    public long? PositionOf(Session session) => _positions.TryGetValue(session, out var position) ? position : null;

    public bool Remove(Session session)
    {
        if (!_positions.Remove(session))
            return false;
        _snapshot = null;
        return true;
    }

    /// <summary>Another activation counts anew: everybody wants all of it.</summary>
    public void Restart()
    {
        foreach (var session in _positions.Keys)
            _positions[session] = 0;
        _last = 0;
    }

    /// <summary>The members that want an item.</summary>
    public Session[] For(long sequence) => sequence > _last
        ? _snapshot ??= [.. _positions.Keys]
        : [.. _positions.Where(entry => entry.Value < sequence).Select(entry => entry.Key)];
}
