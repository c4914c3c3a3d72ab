namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>The event ids of this folder: 6240 to 6249. A retired one stays as a comment.</summary>
internal static class RoomLogEvents
{
    public const int SignInOverdue = 6240;
    public const int SignInRefused = 6241;
    public const int MessageRefused = 6242;
    public const int CallFailed = 6243;
}
