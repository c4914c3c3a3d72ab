using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Protocols.WebSockets;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>A WebSocket as a session writes to it.</summary>
/// <param name="socket">The WebSocket.</param>
/// <param name="user">Who has signed in over it.</param>
internal sealed class ImConnection(SocketConnection socket, UserId user) : ISessionConnection
{
    /// <summary>Called with what was written when something follows from it.</summary>
    public Action<ImEvents>? OnWritten { get; set; }

    /// <summary>True when nothing more reaches the client.</summary>
    public bool IsClosing => socket.IsClosing;

    /// <inheritdoc />
    public object Encode(IReadOnlyList<SessionEvent> events) =>
        events.Count == 1 ? Encode(events[0]) : ImEvents.Join(events.Select(ImEventEncoder.Encode));

    /// <inheritdoc />
    public object Encode(SessionEvent sessionEvent) => ImEventEncoder.Encode(sessionEvent);

    /// <inheritdoc />
    public async ValueTask WriteAsync(object frame)
    {
        var events = (ImEvents)frame;
        foreach (var (text, notFor) in events.Frames)
            if (notFor != user)
                await socket.SendAsync(text, isText: true);

        // What did not reach the transport counts as not received: it comes again with the next login.
        if (!socket.IsClosing && (events.HasMore || events.Received.Count > 0))
            OnWritten?.Invoke(events);
    }

    /// <inheritdoc />
    public void Close(DisconnectCode code) => socket.Close(SocketClosing.Of(code));

    /// <inheritdoc />
    public Task EndedAsync() => socket.Ended;
}
