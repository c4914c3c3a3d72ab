using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Routing;

/// <summary>
/// The local sessions that are told who comes to one channel and who goes. Guarded by the gate of its route.
/// </summary>
internal sealed class PresenceListeners(ChannelType type, ChannelName channel)
{
    private readonly SessionSet _sessions = new();
    private readonly Dictionary<SessionId, Entering> _entering = [];

    /// <summary>A session begins to enter: what comes is kept for it, also when it has been told until now.</summary>
    public void Begin(Session session)
    {
        _entering[session.Id] = new() { Position = _sessions.PositionOf(session) };
        _sessions.Remove(session);
    }

    /// <summary>A session did not enter: one that was told before goes on, with what was kept.</summary>
    /// <param name="session">Which.</param>
    /// <param name="fanOut">Takes what it is told.</param>
    public void Abandon(Session session, FanOut fanOut)
    {
        if (_entering.Remove(session.Id, out var ended) && ended.Position is { } position)
            Listen(session, position, ended, fanOut);
    }

    /// <summary>A session entered: the snapshot goes first, then what came after it, then everything live.</summary>
    /// <param name="session">Who.</param>
    /// <param name="wish">What it wants to be told.</param>
    /// <param name="entered">What the grain answered.</param>
    /// <param name="position">How far the grain had got then.</param>
    /// <param name="fanOut">Takes what it is told.</param>
    public void Complete(
        Session session, PresenceWish wish, PresenceEntered entered, long position, FanOut fanOut)
    {
        _entering.Remove(session.Id, out var ended);
        if (entered.View is { } view)
        {
            fanOut.Post([session], PresenceEvent.Of(type, channel, new PresenceSnapshot(position, view))!);
            Listen(session, position, ended, fanOut);
        }
        else if (wish.IsDeclined)
        {
            fanOut.Post([session], new PresenceOutOfServiceEvent(type, channel));
        }
    }

    /// <summary>A session left.</summary>
    public void Remove(Session session) => _sessions.Remove(session);

    /// <summary>Another activation counts anew.</summary>
    public void Restart()
    {
        foreach (var entering in _entering.Values)
            entering.Restart();
        _sessions.Restart();
    }

    /// <summary>Gives an item to all that want it; zero when it is not about presence.</summary>
    public int Dispatch(DeliveryItem item, FanOut fanOut)
    {
        if ((_sessions.Count == 0 && _entering.Count == 0) || PresenceEvent.Of(type, channel, item) is not { } happened)
            return 0;
        foreach (var entering in _entering.Values)
            entering.Keep(item.Sequence, happened);
        return fanOut.Post(_sessions.For(item.Sequence), happened);
    }

    private void Listen(Session session, long position, Entering? ended, FanOut fanOut)
    {
        _sessions.Add(session, position);
        foreach (var (sequence, happened) in ended?.Kept ?? [])
            if (sequence > position)
                fanOut.Post([session], happened);
    }

    /// <summary>What came for a session that is about to enter.</summary>
    private sealed class Entering
    {
        private const int EventsMax = 4096;

        /// <summary>Up to where it was told before, of the activation that the route knows; null when it was not.</summary>
        public long? Position { get; set; }

        public List<(long Sequence, PresenceEvent Happened)> Kept { get; } = [];

        public void Keep(long sequence, PresenceEvent happened)
        {
            if (Kept.Count < EventsMax)
                Kept.Add((sequence, happened));
        }

        public void Restart()
        {
            Kept.Clear();
            if (Position is not null)
                Position = 0;
        }
    }
}
