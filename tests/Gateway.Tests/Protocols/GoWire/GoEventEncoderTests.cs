using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Protocols.GoWire;
using ImOrleans.Gateway.Protocols.GoWire.Frames;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Tests.Protocols.GoWire;

/// <summary>The frames in hexadecimal were recorded from a server that the real SDK works with, unless a comment says so.</summary>
public sealed class GoEventEncoderTests
{
    [Fact]
    public void A_connected_client_is_told_so_with_the_recorded_bytes() =>
        AssertFrames(
            "11004c09ff0f090010662205080310914e",
            new ConnectionEvent(ConnectionState.Connected, ConnectionReason.LoginSuccess, "Connected."));

    [Fact]
    public void A_publisher_that_leaves_has_the_recorded_bytes() =>
        AssertFrames(
            "25004c09ff0f1d00100a221908031204726f6f6d1a03626f62220a0a015412050a03626f62",
            new TopicPublisherEvent(new("room"), new TopicEvent(7, false, new("T"), new("bob"))));

    [Fact]
    public void A_message_has_the_recorded_bytes()
    {
        const string recorded =
            "31004c09ff0f29001003 2225 0a056c6f626279 1205616c696365 1801 2206686920616c6c 28adb69dd99f34 32026374 3801";
        const long sentAt = 1795215022893;
        var payload = new Payload(MessageType.String, "hi all"u8.ToArray(), "ct");
        AssertFrames(
            recorded, new ChannelMessageEvent(new("lobby"), 1, new ChannelMessage(1, 1, new("alice"), payload, sentAt)));
        // One to a user differs in the channel's type alone.
        AssertFrames(
            recorded.Replace(" 3801", "3803", StringComparison.Ordinal),
            new UserMessageEvent(new("lobby"), new UserMessage(1, new("alice"), payload, sentAt)));
    }

    [Fact]
    public void Of_conversations_this_wire_knows_nothing()
    {
        var pair = ConversationKey.Private(new("ann"), new("bob"));
        Assert.Empty(Read(new ConversationNoticeEvent(pair, new("ann"))));
        Assert.Empty(Read(new ConversationStatusEvent(pair, new("ann"), new(0, 1, new(
            MessageUId.Create(pair, 0, 1), new("bob"), "RC:TypSts", default, MessageFlags.None, null, [], default)))));
    }

    [Fact]
    public void A_snapshot_comes_also_when_it_is_empty_and_with_every_publisher()
    {
        var empty = Assert.Single(Read(new TopicSnapshotEvent(new("room"), [])));
        Assert.Equal((1, "room", 0), (empty.Number(1), empty.Text(2), empty.All(4).Count()));
        var full = Assert.Single(Read(new TopicSnapshotEvent(
            new("room"), [new(new("a"), [new("u1"), new("u2")]), new(new("b"), [new("u3")])])));
        var topics = full.All(4).Select(entry => GoMessage.Read(entry)!).ToList();
        Assert.Equal(["a", "b"], topics.Select(topic => topic.Text(1)));
        Assert.Equal(
            ["u1", "u2", "u3"],
            topics.SelectMany(topic => topic.All(2)).Select(publisher => GoMessage.Read(publisher)!.Text(1)));
    }

    [Fact]
    public void Each_message_of_a_topic_is_a_frame_of_its_own()
    {
        TopicMessage[] messages = [Message(1, "one", null), Message(2, "two", 99)];
        var read = Read(new TopicMessagesEvent(new("room"), new("T"), messages)).ToList();
        Assert.Equal(["one", "two"], read.Select(message => message.Text(4)));
        // The publisher's own time when it gave one, else the server's.
        Assert.Equal([1001, 99], read.Select(message => message.Number(3)));
        Assert.All(read, message => Assert.Equal(
            ("room", 1L, "T", "bob", ""),
            (message.Text(1), message.Number(2), message.Text(5), message.Text(6), message.Text(7))));
    }

    [Fact]
    public void Metadata_say_what_was_done_and_leave_out_what_is_not_known()
    {
        var item = new MetadataItem("k", "v", 3, new("ann"), 1001);
        var change = Assert.Single(Read(new StorageEvent(ChannelType.Stream, "room", MetadataChangeKind.Remove, 4, [item])));
        Assert.Equal(("room", 2, 4, 4), (change.Text(1), change.Number(2), change.Number(5), change.Number(6)));
        var told = GoMessage.Read(change.Bytes(4))!;
        Assert.Equal(("k", "v", "ann", 3, 1001), (told.Text(1), told.Text(2), told.Text(3), told.Number(4), told.Number(5)));
        foreach (var (kind, number) in ((MetadataChangeKind?, int)[])
            [(null, 1), (MetadataChangeKind.Set, 2), (MetadataChangeKind.Update, 3)])
            Assert.Equal(number, Assert.Single(Read(new StorageEvent(ChannelType.User, "ann", kind, 1, []))).Number(4));
        var frame = Assert.Single(Frames(new StorageEvent(ChannelType.User, "ann", null, 0, [new("k", "v", 1)])));
        Assert.Equal("0a03616e6e12080a016b12017620012001", Convert.ToHexStringLower(frame.Message.Span));
        Assert.Equal(GoUri.UserMetadataEvent, frame.Uri);
    }

    [Fact]
    public void Locks_say_what_happened_and_to_whom()
    {
        (LockChangeKind? Kind, int Number)[] kinds =
        [
            (null, 1), (LockChangeKind.Set, 2), (LockChangeKind.Removed, 3), (LockChangeKind.Acquired, 4),
            (LockChangeKind.Released, 5), (LockChangeKind.Expired, 6),
        ];
        foreach (var (kind, number) in kinds)
        {
            var told = Assert.Single(Read(new LocksEvent(
                ChannelType.Message, "room", kind, 1, [new(new("a"), 30, new("ann"), 7), new(new("b"), 10)])));
            Assert.Equal(("room", 1, number), (told.Text(1), told.Number(2), told.Number(3)));
            Assert.Equal(
                [("a", "ann", 30), ("b", "", 10)],
                told.All(4).Select(one => GoMessage.Read(one)!).Select(one => (one.Text(1), one.Text(2), (int)one.Number(3))));
        }
    }

    [Fact]
    public void Tokens_are_announced_and_the_end_of_a_channels_is_a_failed_state()
    {
        var login = Frames(new TokenEvent(false, null, default));
        Assert.Equal(GoUri.TokenWillExpire, Assert.Single(login).Uri);
        Assert.Equal("c", Assert.Single(Read(new TokenEvent(false, new("c"), default))).Text(1));
        var ended = Assert.Single(Frames(
            new ConnectionEvent(ConnectionState.Failed, ConnectionReason.TokenExpired, "") { Channel = new("c") }));
        var state = GoMessage.Read(ended.Message)!;
        Assert.Equal((GoUri.ConnectionState, 5, 9, "c"), (ended.Uri, state.Number(1), state.Number(2), state.Text(3)));
        // That is how the end of a token is told, and no other way.
        Assert.Empty(Frames(new TokenEvent(true, null, default)));
        Assert.Empty(Frames(new TokenEvent(true, new("c"), default)));
    }

    [Theory]
    [InlineData(3001, 5)] // A stop: the SDK does not come back by itself.
    [InlineData(3503, 5)]
    [InlineData(3505, 1)] // The client's own logout.
    [InlineData(0, 1)]
    public void Whoever_is_closed_is_told_that_it_failed(int closeCode, int state)
    {
        var told = Assert.Single(Read(new ConnectionEvent(ConnectionState.Disconnected, ConnectionReason.Interrupted, "")
        {
            CloseCode = (DisconnectCode)closeCode,
        }));
        Assert.Equal((state, 2), (told.Number(1), told.Number(2)));
    }

    [Fact]
    public void What_was_dropped_has_no_form_here() =>
        Assert.Empty(Frames(new ConnectionEvent(ConnectionState.Connected, ConnectionReason.None, "") { Dropped = 3 }));

    [Theory]
    [InlineData(3, 1)]
    [InlineData(1, 5)]
    [InlineData(3, 15)]
    public void Of_a_channel_that_was_joined_or_left_the_answer_is_enough(int state, int reason) =>
        Assert.Empty(Frames(
            new ConnectionEvent((ConnectionState)state, (ConnectionReason)reason, "") { Channel = new("room") }));

    [Fact]
    public void Whoever_was_cut_off_before_is_told_that_it_is_connected_like_any_other()
    {
        var told = Assert.Single(Read(new ConnectionEvent(ConnectionState.Connected, ConnectionReason.LoginSuccess, "")
        {
            PreviousCloseCode = DisconnectCode.SlowConsumer,
            Dropped = 3,
        }));
        Assert.Equal((3, 10001), (told.Number(1), told.Number(2)));
    }

    [Fact]
    public void An_event_is_encoded_once_for_each_protocol()
    {
        var message = new TopicMessagesEvent(new("room"), new("T"), [Message(1, "x", null)]);
        var (go, hub) = (GoEventEncoder.Encode(message), EventEncoder.Encode(message));
        Assert.Same(go, GoEventEncoder.Encode(message));
        Assert.Same(hub, EventEncoder.Encode(message));
        Assert.Same(go, GoEventEncoder.Encode(message));
    }

    private static TopicMessage Message(long sequence, string text, long? senderTs) => new(
        sequence, new("bob"), new(MessageType.String, System.Text.Encoding.UTF8.GetBytes(text)), 1000 + sequence, senderTs,
        MessagePriority.Normal);

    private static void AssertFrames(string hex, SessionEvent sessionEvent) => Assert.Equal(
        hex.Replace(" ", "", StringComparison.Ordinal),
        Convert.ToHexStringLower(GoEventEncoder.Encode(sessionEvent).Frames.Span));

    private static IEnumerable<GoMessage> Read(SessionEvent sessionEvent) =>
        Frames(sessionEvent).Select(frame => GoMessage.Read(frame.Message)!);

    private static List<GoFrame> Frames(SessionEvent sessionEvent)
    {
        var frames = new List<GoFrame>();
        var input = new System.Buffers.ReadOnlySequence<byte>(GoEventEncoder.Encode(sessionEvent).Frames);
        while (GoFrameCodec.TryRead(ref input, GoFrameKind.Reply, out var frame) == GoFrameStatus.Whole)
            frames.Add(frame);
        Assert.True(input.IsEmpty);
        Assert.All(frames, frame => Assert.Equal(0, frame.SequenceId));
        return frames;
    }
}
