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
    private readonly List<(Session[] Sessions, SessionEvent Event)> _posts = [];
    private readonly List<Action> _notices = [];

    /// <summary>True when there is nothing to do.</summary>
    public bool IsEmpty => _posts.Count == 0 && _notices.Count == 0;

    /// <summary>Adds an event for each of <paramref name="sessions"/>; returns how many they are.</summary>
    public int Post(Session[] sessions, SessionEvent sessionEvent)
    {
        if (sessions.Length > 0)
            _posts.Add((sessions, sessionEvent));
        return sessions.Length;
    }

    /// <summary>Adds something to do after the writes.</summary>
    public void Then(Action notice) => _notices.Add(notice);

    /// <summary>Writes everything, in the order in which it was added.</summary>
    public void Run()
    {
        if (_posts.Count == 1)
            WriteOne(_posts[0].Sessions, _posts[0].Event);
        else if (_posts.Count > 1)
            WriteGathered();
        foreach (var notice in _notices)
            notice();
    }

    private static void WriteOne(Session[] sessions, SessionEvent sessionEvent)
    {
        foreach (var session in sessions)
            session.Outbox.Post(sessionEvent);
    }

    private void WriteGathered()
    {
        var waiting = new List<SessionOutbox>();
        foreach (var (sessions, sessionEvent) in _posts)
            foreach (var session in sessions)
                if (session.Outbox.Gather(sessionEvent))
                    waiting.Add(session.Outbox);
        var frames = new FrameCache();
        foreach (var outbox in waiting)
            outbox.Flush(frames);
    }
}
