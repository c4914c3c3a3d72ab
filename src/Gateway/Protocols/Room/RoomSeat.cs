using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>What a sign-in has given a client: its session, and the room that it is in.</summary>
/// <param name="Session">The session.</param>
/// <param name="Room">The message channel that is the room.</param>
internal sealed record RoomSeat(Session Session, ChannelName Room);
