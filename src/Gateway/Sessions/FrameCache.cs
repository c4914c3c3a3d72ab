namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// Keeps the last frame of several events, since a batch mostly means the same events for many sessions.
/// </summary>
internal sealed class FrameCache
{
    private readonly List<SessionEvent> _events = [];
    private object? _frame;
    private Type? _protocol;

    /// <summary>The frame for <paramref name="events"/>; encoded anew when they or the protocol differ.</summary>
    public object Get(ISessionConnection connection, List<SessionEvent> events)
    {
        if (_frame is not null && _protocol == connection.GetType() && IsSame(events))
            return _frame;
        _protocol = connection.GetType();
        _events.Clear();
        _events.AddRange(events);
        return _frame = connection.Encode(events);
    }

    private bool IsSame(List<SessionEvent> events)
    {
        if (events.Count != _events.Count)
            return false;
        for (var i = 0; i < events.Count; i++)
            if (!ReferenceEquals(events[i], _events[i]))
                return false;
        return true;
    }
}
