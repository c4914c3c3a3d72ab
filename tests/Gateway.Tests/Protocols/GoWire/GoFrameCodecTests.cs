using System.Buffers;
using ImOrleans.Gateway.Protocols.GoWire.Frames;

namespace ImOrleans.Gateway.Tests.Protocols.GoWire;

/// <summary>The frames in hexadecimal were recorded from the real SDK and from a server that it works with.</summary>
public sealed class GoFrameCodecTests
{
    private const string Login =
        "34 00 4c 09 fe 0f 2c 00 08 01 10 64 22 26 0a 04 61 70 70 31 12 05 61 6c 69 63 65 2a 04 74 6f 6b 41 82 01 10 7b 22 "
        + "72 74 6d 2e 63 75 73 74 6f 6d 22 3a 35 7d";

    [Fact]
    public void The_SDKs_login_is_read()
    {
        var frame = ReadOne(Login);
        var message = GoMessage.Read(frame.Message);
        Assert.Equal((1, GoUri.Login, 0), (frame.SequenceId, frame.Uri, frame.ErrorCode));
        Assert.Equal(
            ("app1", "alice", "tokA", """{"rtm.custom":5}"""),
            (message!.Text(1), message.Text(2), message.Text(5), message.Text(16)));
        Assert.Equal(0, message.Number(4));
    }

    [Fact]
    public void A_subscription_without_uri_is_uri_0()
    {
        var frame = ReadOne("13004c09fe0f0b00081722070a056c6f626279");
        Assert.Equal((23, GoUri.MessageSubscribe), (frame.SequenceId, frame.Uri));
        Assert.Equal("lobby", GoMessage.Read(frame.Message)!.Text(1));
        Assert.False(GoMessage.Read(frame.Message)!.HasBytes(2));
    }

    [Fact]
    public void The_question_whom_one_follows_is_told_apart_by_its_second_field()
    {
        var frame = ReadOne("1c004c09fe0f1400081122100a0b7375626c6973742d65727212014b");
        Assert.Equal((17, GoUri.MessageSubscribe), (frame.SequenceId, frame.Uri));
        Assert.True(GoMessage.Read(frame.Message)!.HasBytes(2));
        Assert.Equal("sublist-err", GoMessage.Read(frame.Message)!.Text(1));
    }

    [Theory]
    [InlineData("0c004c09ff0f0400 08011064", 1, 100, 0)]
    [InlineData("0f004c09ff0f0700 080f106e30b46d", 15, 110, 14004)]
    public void Replies_have_the_recorded_bytes(string frame, long sequenceId, int uri, int errorCode) =>
        Assert.Equal(
            Hex(frame), GoFrameCodec.Write(new(sequenceId, (GoUri)uri, default, errorCode), GoFrameKind.Reply));

    [Fact]
    public void A_negative_number_is_a_varint_of_ten_bytes()
    {
        var message = new GoMessageWriter().Number(5, -1).Written;
        Assert.Equal(Hex("28 ffffffffffffffffff01"), message.ToArray());
        Assert.Equal(-1, GoMessage.Read(message)!.Number(5));
    }

    [Fact]
    public void Zero_values_are_left_out_and_empty_entries_of_lists_are_not()
    {
        var writer = new GoMessageWriter().Number(1, 0).Text(2, "").Text(2, null).Bytes(3, []).All(4, ["", "a", ""]);
        Assert.Equal(Hex("2200 220161 2200"), writer.Written.ToArray());
        Assert.Equal(["", "a", ""], GoMessage.Read(writer.Written)!.All(4).Select(Text));
    }

    [Fact]
    public void Of_a_field_that_comes_twice_the_last_counts_and_one_of_another_type_is_absent()
    {
        var message = GoMessage.Read(Hex("0801 0802 120161 1001 0a00"))!;
        Assert.Equal((2, "a", 1), (message.Number(1), message.Text(2), message.Number(2)));
        Assert.Equal(("", 0), (message.Text(1), message.Number(3)));
    }

    [Theory]
    [InlineData("08")] // Cut after the tag.
    [InlineData("0a05 6162")] // Fewer bytes than announced.
    [InlineData("0aff ffff ff0f")] // Four gigabytes announced.
    [InlineData("0aff ffff ffff ffff ffff 01")] // More than any.
    [InlineData("00 01")] // Field 0.
    [InlineData("0b 0c")] // A group.
    [InlineData("08 ffff ffff ffff ffff ff02")] // 65 bits.
    [InlineData("08 8080 8080 8080 8080 8080 00")] // Eleven bytes.
    [InlineData("09 00")] // Eight bytes announced, one there.
    [InlineData("0d 000000")] // Four bytes announced, three there.
    public void A_malformed_message_is_refused(string message) => Assert.Null(GoMessage.Read(Hex(message)));

    [Fact]
    public void Fields_that_are_not_known_are_skipped_whatever_their_type()
    {
        var message = GoMessage.Read(Hex("f80701 f90708090a0b0c0d0e0f fa070161 fd0701020304 0a0162"))!;
        Assert.Equal("b", message.Text(1));
    }

    [Fact]
    public void A_message_has_at_most_4096_fields()
    {
        var most = Enumerable.Repeat<byte[]>([8, 1], GoMessage.FieldsMax).SelectMany(field => field).ToArray();
        Assert.NotNull(GoMessage.Read(most));
        Assert.Null(GoMessage.Read((byte[])[.. most, 8, 1]));
    }

    /// <summary>Length and header length change from two bytes to three at 0x8000, each for itself.</summary>
    [Theory]
    [InlineData(0x7FFF - 8 - 4)]
    [InlineData(0x7FFF - 8 - 3)]
    [InlineData(0x7FFF - 8)]
    [InlineData(0x7FFF)]
    [InlineData(0x8000)]
    [InlineData(100_000)]
    public void Frames_around_the_longer_form_come_back_as_they_were(int messageBytes)
    {
        var frame = new GoFrame(7, GoUri.StreamPublish, new byte[messageBytes]);
        var bytes = GoFrameCodec.Write(frame, GoFrameKind.Request);
        AssertSame(frame, bytes);
        for (var cut = 0; cut < 12; cut++)
            Assert.Equal(GoFrameStatus.Incomplete, StatusOf(bytes[..^(cut + 1)]));
    }

    [Fact]
    public void The_longest_frame_is_read_and_the_next_is_refused_before_it_is_there()
    {
        var longest = GoFrameCodec.Write(
            new(1, GoUri.StreamPublish, new byte[GoFrameCodec.FrameBytesMax - 18]), GoFrameKind.Request);
        Assert.Equal(GoFrameCodec.FrameBytesMax, longest.Length);
        Assert.Equal(GoFrameStatus.Whole, StatusOf(longest));
        Assert.Equal(GoFrameStatus.Broken, StatusOf(Hex("0180 08"))); // 262,145 bytes announced, three there.
        Assert.Equal(GoFrameStatus.Broken, StatusOf(Hex("ffff ff")));
        Assert.Equal(GoFrameStatus.Incomplete, StatusOf(Hex("ffff")));
    }

    [Theory]
    [InlineData("0000")] // Shorter than a frame can be.
    [InlineData("0700 4c09 fe0f 00")]
    [InlineData("0c80 00 4c09 fe0f 0300 080110")] // The long form for a short length.
    [InlineData("0c00 4d09 fe0f 0400 08011064")] // Another first constant.
    [InlineData("4745 5420 2f20")] // Another protocol; the rest is not waited for.
    [InlineData("0c00 4c09 ff0f 0400 08011064")] // A reply.
    [InlineData("0180 01 4c09 ff0f")] // A reply in the long form.
    [InlineData("0c00 4c09 fe0f 0300 08011064")] // A header length that does not fit.
    [InlineData("0c00 4c09 fe0f 0500 08011064")]
    [InlineData("0c00 4c09 fe0f 0480 08011064")]
    [InlineData("0c00 4c09 fe0f 0400 08011080")] // A header that is cut.
    [InlineData("0c00 4c09 fe0f 0400 0a001064")] // A sequence id of another type.
    public void What_is_no_request_is_refused(string bytes) => Assert.Equal(GoFrameStatus.Broken, StatusOf(Hex(bytes)));

    [Fact]
    public void The_shortest_frame_has_an_empty_header()
    {
        var frame = ReadOne("0800 4c09 fe0f 0000");
        Assert.Equal((0, GoUri.MessageSubscribe, 0), (frame.SequenceId, frame.Uri, frame.Message.Length));
    }

    [Fact]
    public void Any_frame_comes_back_as_it_was_however_its_bytes_are_spread()
    {
        var random = new Random(20261121);
        for (var round = 0; round < LongRun.Rounds(20_000, 500_000); round++)
        {
            var message = new byte[random.Next(4) == 0 ? random.Next(40_000) : random.Next(200)];
            random.NextBytes(message);
            var uri = (GoUri)(random.Next(2) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(120));
            var sequenceId = random.Next(2) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(1000);
            AssertSame(
                new(sequenceId, uri, message, random.Next(3) == 0 ? random.Next(int.MinValue, int.MaxValue) : 0), random);
        }
    }

    private static void AssertSame(GoFrame expected, Random random)
    {
        var bytes = GoFrameCodec.Write(expected, GoFrameKind.Request);
        var cuts = Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(random.Next(2) == 0 ? 4 : bytes.Length));
        AssertSame(expected, GoBytes.Spread([.. bytes, 1, 2], [.. cuts.Order()]), 2);
    }

    private static void AssertSame(GoFrame expected, byte[] bytes) => AssertSame(expected, new(bytes), 0);

    private static void AssertSame(GoFrame expected, ReadOnlySequence<byte> input, int left)
    {
        Assert.Equal(GoFrameStatus.Whole, GoFrameCodec.TryRead(ref input, GoFrameKind.Request, out var frame));
        Assert.Equal(left, input.Length);
        Assert.Equal(
            (expected.SequenceId, expected.Uri, expected.ErrorCode), (frame.SequenceId, frame.Uri, frame.ErrorCode));
        Assert.True(expected.Message.Span.SequenceEqual(frame.Message.Span));
    }

    private static GoFrameStatus StatusOf(byte[] bytes)
    {
        var input = new ReadOnlySequence<byte>(bytes);
        var status = GoFrameCodec.TryRead(ref input, GoFrameKind.Request, out _);
        Assert.Equal(status == GoFrameStatus.Whole ? 0 : bytes.Length, input.Length);
        return status;
    }

    private static GoFrame ReadOne(string hex)
    {
        var input = new ReadOnlySequence<byte>(Hex(hex));
        Assert.Equal(GoFrameStatus.Whole, GoFrameCodec.TryRead(ref input, GoFrameKind.Request, out var frame));
        Assert.True(input.IsEmpty);
        return frame;
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
