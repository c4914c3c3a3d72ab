using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Protocols.WebSockets;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>A WebSocket of the chat room door as a session writes to it.</summary>
internal sealed class RoomConnection(SocketConnection socket) : ISessionConnection
{
    /// <inheritdoc />
    public object Encode(IReadOnlyList<SessionEvent> events) => RoomFrames.Of(events);

    /// <inheritdoc />
    public object Encode(SessionEvent sessionEvent) => RoomFrames.Of(sessionEvent);

    /// <inheritdoc />
    public ValueTask WriteAsync(object frame)
    {
        var messages = ((RoomFrames)frame).Messages;
        return messages.Count switch
        {
            0 => ValueTask.CompletedTask,
            1 => socket.SendAsync(messages[0]),
            _ => WriteAllAsync(messages),
        };
    }

    /// <inheritdoc />
    public void Close(DisconnectCode code) => socket.Close(SocketClosing.Of(code));

    /// <inheritdoc />
    public Task EndedAsync() => socket.Ended;

    private async ValueTask WriteAllAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        foreach (var message in messages)
            await socket.SendAsync(message);
    }
}
