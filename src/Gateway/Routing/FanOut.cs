using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Routing;

/// <summary>
/// What one batch means for the local sessions: gathered under the route's lock, written after it was released.
/// </summary>
/// <remarks>
/// <b>Cost:</b> O(local subscribers), whatever else is connected. One event is encoded once and written as it is;
/// several events for a session are gathered first and leave in one write.
/// </remarks>
internal sealed class FanOut
{
    private readonly List<(Session[] Sessions, long[]? Connections, SessionEvent Event)> _posts = [];
    private readonly List<Action> _notices = [];

    /// <summary>True when there is nothing to do.</summary>
    public bool IsEmpty => _posts.Count == 0 && _notices.Count == 0;

    /// <summary>Adds an event for each of <paramref name="sessions"/>; returns how many they are.</summary>
    public int Post(Session[] sessions, SessionEvent sessionEvent)
    {
        if (sessions.Length > 0)
            _posts.Add((sessions, null, sessionEvent));
        return sessions.Length;
    }

    /// <summary>Adds an event for each of <paramref name="sessions"/> over the connection with the number beside it.</summary>
    public void Post(Session[] sessions, long[] connections, SessionEvent sessionEvent) =>
        _posts.Add((sessions, connections, sessionEvent));

    /// <summary>Adds something to do after the writes.</summary>
    public void Then(Action notice) => _notices.Add(notice);

    /// <summary>Writes everything, in the order in which it was added.</summary>
    public void Run()
    {
        if (_posts.Count == 1)
            WriteOne(_posts[0].Sessions, _posts[0].Connections, _posts[0].Event);
        else if (_posts.Count > 1)
            WriteGathered();
        foreach (var notice in _notices)
            notice();
    }

    private static void WriteOne(Session[] sessions, long[]? connections, SessionEvent sessionEvent)
    {
        for (var i = 0; i < sessions.Length; i++)
            sessions[i].Outbox.Post(sessionEvent, connections?[i]);
    }

    private void WriteGathered()
    {
        var waiting = new List<SessionOutbox>();
        foreach (var (sessions, connections, sessionEvent) in _posts)
            for (var i = 0; i < sessions.Length; i++)
                if (sessions[i].Outbox.Gather(sessionEvent, connections?[i]))
                    waiting.Add(sessions[i].Outbox);
        var frames = new FrameCache();
        foreach (var outbox in waiting)
            outbox.Flush(frames);
    }
}
