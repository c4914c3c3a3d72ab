using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.MessageChannels;

/// <summary>Sessions of which nothing is taken any more, since others go on for them.</summary>
/// <param name="max">How many are remembered: those that were named last.</param>
internal sealed class OverSessions(int max = 1024)
{
    private readonly HashSet<SessionId> _all = [];
    private readonly Queue<SessionId> _byAge = new();

    public void Add(SessionId session)
    {
        if (!_all.Add(session))
            return;
        _byAge.Enqueue(session);
        if (_byAge.Count > max)
            _all.Remove(_byAge.Dequeue());
    }

    public bool Contains(SessionId session) => _all.Contains(session);
}
