using System.Text;

namespace ImOrleans.Gateway.Tests.Protocols.Room;

/// <summary>Messages of the chat room door, put together by hand: without the library that the server uses.</summary>
internal static class RoomBytes
{
    public const byte Unknown = 0;
    public const byte SignInType = 1;
    public const byte Heartbeat = 2;
    public const byte MessageType = 3;
    public const byte Members = 4;

    /// <summary>What the server answers a success with.</summary>
    public static byte[] Success { get; } = Convert.FromHexString("12051203737563");

    public static byte[] Req(byte type, params byte[] data) => [.. Enum(1, type), .. Bytes(2, data)];

    public static byte[] SignIn(string token, string room) =>
        Req(SignInType, [.. Bytes(1, Encoding.UTF8.GetBytes(token)), .. Bytes(2, Encoding.UTF8.GetBytes(room))]);

    public static byte[] Message(string room, byte level, byte[] data) =>
        Req(MessageType, [.. Bytes(1, Encoding.UTF8.GetBytes(room)), .. Enum(2, level), .. Bytes(3, data)]);

    public static byte[] Message(string room, string text, byte level = 0) =>
        Message(room, level, Encoding.UTF8.GetBytes(text));

    public static byte[] Failure(string text) => Req(Unknown, [8, 100, .. Bytes(2, Encoding.UTF8.GetBytes(text))]);

    /// <summary>A pack as members get it.</summary>
    public static byte[] Pack(string room, byte level, params string[] texts) => Message(
        room, level, [.. texts.SelectMany(text => (byte[])
            [.. BitConverter.GetBytes((uint)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)])]);

    private static byte[] Enum(byte field, byte value) => value == 0 ? [] : [(byte)(field << 3), value];

    private static byte[] Bytes(byte field, byte[] data)
    {
        if (data.Length == 0)
            return [];
        var length = new List<byte>();
        var rest = data.Length;
        for (; rest >= 0x80; rest >>= 7)
            length.Add((byte)(rest | 0x80));
        return [(byte)((field << 3) | 2), .. length, (byte)rest, .. data];
    }
}
