using Google.Protobuf;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Protocols.Room;
using ImOrleans.Gateway.Protocols.Room.Wire;
using ImOrleans.Gateway.Sessions;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Protocols.Room;

/// <summary>
/// The bytes of each message, written from the rows (C1 to C10) and proto3's encoding, not from what the code wrote.
/// </summary>
public sealed class RoomWireTests
{
    [Fact]
    public void A_success_begins_with_its_data_since_zeros_are_left_out() =>
        AssertHex("12 05 12 03 73 75 63", RoomWire.Success);

    [Fact]
    public void A_failure_has_code_100() =>
        AssertHex("12 0D 08 64 12 09 E8 AF B7 E7 99 BB E5 BD 95", RoomWire.Failure("请登录"));

    [Fact]
    public void A_heartbeat_is_answered_with_bare_bytes() => AssertHex("08 02 12 04 70 6F 6E 67", RoomWire.Pong);

    [Fact]
    public void Members_are_a_decimal_number() => AssertHex("08 04 12 02 31 32", RoomWire.Members(12));

    /// <summary>The two packs of the protocol's description.</summary>
    [Fact]
    public void Messages_are_packed_behind_their_lengths() => AssertHex(
        "08 03 12 1D 0A 02 72 31 1A 17 05 00 00 00 70 61 63 6B 31 0A 00 00 00 69 20 61 6D 20 70 61 63 6B 32",
        RoomWire.Write([Event(1, "pack1"), Event(2, "i am pack2")]));

    [Fact]
    public void An_important_message_says_so_and_an_empty_one_is_four_zeros() => AssertHex(
        "08 03 12 0C 0A 02 72 31 10 01 1A 04 00 00 00 00", RoomWire.Write([Event(1, "", MessageLevel.Important)]));

    /// <summary>Clients that read one byte of the length go wrong here (row C18); the wire does not.</summary>
    [Fact]
    public void A_length_has_four_bytes()
    {
        var written = RoomWire.Write([Event(1, new string('x', 0x0102))]).ToArray();
        Assert.Equal(Convert.FromHexString("02010000"), written[^(0x0102 + 4)..^0x0102]);
    }

    [Fact]
    public void Requests_are_read()
    {
        Assert.True(RoomWire.TryReadRequest(Hex("08 01 12 07 0A 01 74 12 02 72 31"), out var request));
        Assert.Equal(PackageType.SignIn, request.Type);
        Assert.True(RoomWire.TryReadSignIn(request.Data, out var signIn));
        Assert.Equal(("t", "r1"), (signIn.Token, signIn.RoomID));

        Assert.True(RoomWire.TryReadRequest(Hex("08 03 12 08 0A 02 72 31 10 01 1A 00"), out request));
        Assert.True(RoomWire.TryReadMessage(request.Data, out var message));
        Assert.Equal(("r1", MsgLevel.Important, 0), (message.RoomID, message.MsgLv, message.Data.Length));
    }

    [Theory]
    [InlineData("", 0, "")]
    [InlineData("08 02", 2, "")]
    [InlineData("12 01 41 08 04", 4, "41")] // In any order.
    [InlineData("08 01 08 02 12 01 41 12 01 42", 2, "42")] // The last one counts.
    [InlineData("08 02 1A 03 61 62 63 20 05 2D 01 02 03 04", 2, "")] // Unknown fields.
    [InlineData("08 09", 9, "")]
    [InlineData("08 82 80 00", 2, "")] // A longer form of the same number.
    public void What_proto3_allows_is_read(string hex, int type, string data)
    {
        Assert.True(RoomWire.TryReadRequest(Hex(hex), out var request));
        Assert.Equal(type, (int)request.Type);
        Assert.Equal(Hex(data), request.Data.ToByteArray());
    }

    [Theory]
    [InlineData("08")]
    [InlineData("12 05 41")]
    [InlineData("12 FF FF FF FF 07")]
    [InlineData("12 FF FF FF FF FF FF FF FF FF 01")]
    [InlineData("00")]
    [InlineData("0F")]
    [InlineData("08 FF FF FF FF FF FF FF FF FF FF 01")]
    public void What_is_no_message_is_not_read(string hex) => Assert.False(RoomWire.TryReadRequest(Hex(hex), out _));

    [Theory]
    [InlineData("E4 BD A0", MessageType.String)]
    [InlineData("", MessageType.String)]
    [InlineData("E4 BD", MessageType.Binary)]
    [InlineData("00 FF", MessageType.Binary)]
    public void Text_is_text_at_other_doors_and_the_rest_bytes(string hex, MessageType type)
    {
        var payload = RoomWire.ToPayload(ByteString.CopyFrom(Hex(hex)).Memory);
        Assert.Equal(type, payload.Type);
        Assert.Equal(Hex(hex), payload.Bytes.ToArray());
    }

    private static ChannelMessageEvent Event(long offset, string text, MessageLevel level = MessageLevel.Normal) =>
        new(new ChannelName("r1"), 1, new(offset, offset, new("ann"), Text(text), 1) { Level = level });

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static void AssertHex(string hex, ReadOnlyMemory<byte> bytes) =>
        Assert.Equal(Convert.ToHexString(Hex(hex)), Convert.ToHexString(bytes.Span));
}
