using System.Runtime.InteropServices;
using ImOrleans.Domain.Limits;
using ImOrleans.Gateway.Protocols.GoWire;
using ImOrleans.Gateway.Protocols.GoWire.Frames;

namespace ImOrleans.Gateway.Tests.Protocols.GoWire;

public sealed class GoRequestTests
{
    [Fact]
    public void A_message_that_is_malformed_is_a_parameter_error_and_reads_as_empty()
    {
        var request = new GoRequest(new(1, GoUri.StreamJoin, new byte[] { 0x0A, 0x7F }));
        Assert.Equal("", request.Text(1));
        request.Channel(1);
        Assert.Equal(ErrorCode.InvalidParameter, request.Refusal);
    }

    [Fact]
    public void The_first_wrong_field_is_told()
    {
        var request = Request(message => message.Text(1, "_channel").Text(2, "a/topic"));
        request.Channel(1);
        request.Topic(2);
        request.User(3);
        Assert.Equal(ErrorCode.InvalidChannelName, request.Refusal);
    }

    [Fact]
    public void Users_are_named_once_each_and_256_at_most()
    {
        var names = Enumerable.Range(0, RtmLimits.UsersPerRequestMax - 1).Select(i => $"u{i}").ToList();
        var most = Request(message => message.All(3, [.. names, "u0"]));
        Assert.Equal(names, most.Users(3).Select(user => user.Value));
        Assert.Null(most.Refusal);
        var tooMany = Request(message => message.All(3, [.. names, "u0", "u0"]));
        tooMany.Users(3);
        Assert.Equal(ErrorCode.ChannelInvalidUserList, tooMany.Refusal);
        var nameless = Request(message => message.All(3, ["u1", ""]));
        nameless.Users(3);
        Assert.Equal(ErrorCode.InvalidUserId, nameless.Refusal);
    }

    [Fact]
    public void A_payload_keeps_nothing_much_larger_alive()
    {
        var request = Request(message => message.Number(3, 1).Text(5, "payload").Bytes(99, new byte[200_000]));
        var payload = request.Payload(3, 5, 6, 1024);
        Assert.Null(request.Refusal);
        Assert.Equal("payload"u8.ToArray(), payload.Bytes.ToArray());
        Assert.True(MemoryMarshal.TryGetArray(payload.Bytes, out var kept));
        Assert.InRange(kept.Array!.Length, 7, 7 + 512 + 64);
    }

    [Theory]
    [InlineData(1024, ErrorCode.None)]
    [InlineData(1025, ErrorCode.ChannelMessageLengthExceedLimitation)]
    public void A_payload_has_its_limit(int bytes, ErrorCode code)
    {
        var request = Request(message => message.Bytes(5, new byte[bytes]));
        request.Payload(3, 5, 6, 1024);
        Assert.Equal(code, request.Refusal ?? ErrorCode.None);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(256)]
    [InlineData(long.MinValue)]
    public void A_type_that_does_not_exist_is_refused(long type)
    {
        var request = Request(message => message.Number(3, type));
        request.Payload(3, 5, 6, 1024);
        Assert.Equal(ErrorCode.ChannelUnsupportedMessageType, request.Refusal);
    }

    private static GoRequest Request(Func<GoMessageWriter, GoMessageWriter> write) =>
        new(new(1, GoUri.StreamPublish, write(new()).Written));
}
