using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Simulation.Tests;

/// <summary>The connection of a simulated client: quick or slow, and gone when its node is.</summary>
internal sealed class SimulatedConnection(SimulatedWorld world, SimulatedNode node, SimulatedUser user) : ISessionConnection
{
    private readonly TaskCompletionSource _ended = new();
    private readonly bool _isSlow = !world.IsMostly(0.8);

    /// <summary>Completes when nothing comes any more, however it ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The session that the node made of it; null until the login is accepted.</summary>
    public Session? Session { get; set; }

    public bool IsOpen => !_ended.Task.IsCompleted;

    /// <summary>The visit that goes over this connection; known with the greeting.</summary>
    public Visit? Visit { get; set; }

    /// <summary>True when what is written is lost on the way, and nobody has noticed yet.</summary>
    public bool IsDeaf { get; set; }

    public object Encode(IReadOnlyList<SessionEvent> events) => events.ToArray();

    public object Encode(SessionEvent sessionEvent) => new[] { sessionEvent };

    public ValueTask WriteAsync(object frame)
    {
        if (!IsOpen)
            return ValueTask.CompletedTask;
        if (!IsDeaf)
            foreach (var sessionEvent in (SessionEvent[])frame)
                user.OnEvent(this, sessionEvent);
        return _isSlow
            ? new(Task.Delay(world.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(300)), world.Clock))
            : ValueTask.CompletedTask;
    }

    public void Close(DisconnectCode code)
    {
        if (!IsOpen)
            return;
        world.Journal.Note($"{user} is disconnected from {node}: {code}");
        node.Forget(this);
        _ended.SetResult();
        if (Session is { } session)
            _ = node.Lifecycle.LoseAsync(session, this);
    }

    /// <summary>The node is gone, and the gateway with it.</summary>
    public void Drop()
    {
        node.Forget(this);
        _ended.TrySetResult();
    }

    public Task EndedAsync() => _ended.Task;
}
