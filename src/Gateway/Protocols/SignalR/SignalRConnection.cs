using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Sessions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>
/// A SignalR connection as a session writes to it: serialised bytes, handed to the connection itself.
/// </summary>
internal sealed class SignalRConnection(HubConnectionContext connection) : ISessionConnection
{
    /// <inheritdoc />
    public object Encode(IReadOnlyList<SessionEvent> events) =>
        events.Count == 1 ? Encode(events[0]) : FrameWriter.Write([.. events.Select(EventEncoder.Encode)]);

    /// <inheritdoc />
    public object Encode(SessionEvent sessionEvent) => EventEncoder.Encode(sessionEvent).Frame;

    /// <inheritdoc />
    public ValueTask WriteAsync(object frame) => connection.WriteAsync((SerializedHubMessage)frame);

    /// <inheritdoc />
    public void Close(DisconnectCode code)
    {
        // Whoever may come back is asked to by SignalR's own close message, behind all that was written; whoever does not
        // read would never see it, and is dropped.
        var mayReconnect = code is > DisconnectCode.None and < DisconnectCode.TokenExpired;
        if (code == DisconnectCode.SlowConsumer)
            connection.Features.Get<IConnectionLifetimeFeature>()?.Abort();
        if (mayReconnect && connection.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime)
            lifetime.RequestClose();
        else
            connection.Abort();
    }

    /// <inheritdoc />
    public TimeSpan Silence => connection.Protocol is HeardHubProtocol heard ? heard.Silence : TimeSpan.Zero;

    /// <inheritdoc />
    public Task EndedAsync()
    {
        if (connection.Features.Get<IConnectionLifetimeFeature>() is not { } lifetime)
            return Task.CompletedTask;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ConnectionClosed.Register(ended.SetResult);
        return ended.Task;
    }
}
