using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>Events as the wire has them: whole WebSocket messages, none when the wire has no form for an event.</summary>
/// <param name="messages">The messages.</param>
internal sealed class RoomFrames(IReadOnlyList<ReadOnlyMemory<byte>> messages)
{
    private static readonly RoomFrames None = new([]);
    private static readonly RoomFrames Expired = new([RoomWire.Failure(RoomTexts.TokenExpired)]);

    public IReadOnlyList<ReadOnlyMemory<byte>> Messages { get; } = messages;

    /// <summary>The event, encoded once for all sessions.</summary>
    public static RoomFrames Of(SessionEvent sessionEvent) => sessionEvent.Encoded(Encode);

    /// <summary>Several events.</summary>
    public static RoomFrames Of(IReadOnlyList<SessionEvent> events) => events.Count == 1
        ? Of(events[0])
        : new([.. events.SelectMany(sessionEvent => Of(sessionEvent).Messages)]);

    /// <summary>Who is in rooms hears of their messages, and of the end of the token; the protocol has nothing else.</summary>
    private static RoomFrames Encode(SessionEvent sessionEvent) => sessionEvent switch
    {
        ChannelPackEvent pack => new([RoomWire.Write(pack.Messages)]),
        TokenEvent { IsExpired: true, Channel: null } => Expired,
        _ => None,
    };
}
