using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Protocols.Protobuf;
using ImOrleans.Gateway.Protocols.Room.Wire;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>Reads and writes the messages of the chat room door.</summary>
internal static class RoomWire
{
    /// <summary>The code of every failure.</summary>
    public const int FailureCode = 100;

    private static readonly MessageParser<Req> Requests = Req.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<SignIn> SignIns = SignIn.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<BroadcastRoomReq> Messages =
        BroadcastRoomReq.Parser.WithDiscardUnknownFields(true);

    /// <summary>The answer to a sign-in that succeeded.</summary>
    public static ReadOnlyMemory<byte> Success { get; } =
        Write(PackageType.Unknown, new Err { Msg = RoomTexts.Success }.ToByteString());

    /// <summary>The answer to a heartbeat.</summary>
    public static ReadOnlyMemory<byte> Pong { get; } = Write(PackageType.Heartbeat, ByteString.CopyFromUtf8("pong"));

    /// <summary>Reads what a client sent; false when it is no request.</summary>
    public static bool TryReadRequest(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Req? request) =>
        TryRead(Requests, bytes, out request);

    /// <summary>Reads the data of a sign-in.</summary>
    public static bool TryReadSignIn(ByteString data, [NotNullWhen(true)] out SignIn? signIn) =>
        TryRead(SignIns, data.Span, out signIn);

    /// <summary>Reads the data of a message.</summary>
    public static bool TryReadMessage(ByteString data, [NotNullWhen(true)] out BroadcastRoomReq? message) =>
        TryRead(Messages, data.Span, out message);

    /// <summary>A failure.</summary>
    public static ReadOnlyMemory<byte> Failure(string text) =>
        Write(PackageType.Unknown, new Err { Code = FailureCode, Msg = text }.ToByteString());

    /// <summary>How many are in the room.</summary>
    public static ReadOnlyMemory<byte> Members(int count) =>
        Write(PackageType.Members, ByteString.CopyFromUtf8(count.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Messages of a room.</summary>
    /// <param name="messages">One at least, of one room and level.</param>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ChannelMessageEvent> messages)
    {
        var packed = new byte[messages.Sum(message => sizeof(uint) + message.Message.Payload.Bytes.Length)];
        var rest = packed.AsSpan();
        foreach (var message in messages)
        {
            var payload = message.Message.Payload.Bytes.Span;
            BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)payload.Length);
            payload.CopyTo(rest[sizeof(uint)..]);
            rest = rest[(sizeof(uint) + payload.Length)..];
        }

        return Write(PackageType.Message, new BroadcastRoomReq
        {
            RoomID = messages[0].Channel.Value,
            MsgLv = messages[0].Message.Level == MessageLevel.Important ? MsgLevel.Important : MsgLevel.Normal,
            Data = UnsafeByteOperations.UnsafeWrap(packed),
        }.ToByteString());
    }

    /// <summary>What a client sends, as other doors have it: text when it is text, else bytes.</summary>
    public static Payload ToPayload(ReadOnlyMemory<byte> bytes) =>
        new(System.Text.Unicode.Utf8.IsValid(bytes.Span) ? MessageType.String : MessageType.Binary, bytes);

    private static byte[] Write(PackageType type, ByteString data) =>
        new Wire.Reply { Type = type, Data = data }.ToByteArray();

    private static bool TryRead<TMessage>(
        MessageParser<TMessage> parser, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TMessage? message)
        where TMessage : class, IMessage<TMessage>
    {
        message = null;
        // Looked at before, since strangers send it: the library tells by exceptions, which cost a hundred times as much.
        if (!IsWellFormed(bytes))
            return false;
        try
        {
            message = parser.ParseFrom(bytes);
            return true;
        }
        catch (Exception malformed) when (malformed is InvalidProtocolBufferException or DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool IsWellFormed(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtoReader(bytes);
        while (reader.TryRead(out _))
        {
        }

        return !reader.IsBroken;
    }
}
