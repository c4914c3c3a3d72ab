using System.Text;
using System.Text.Json;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;
using Microsoft.AspNetCore.SignalR;

namespace ImOrleans.Gateway.Tests.Protocols;

public sealed class EventEncoderTests
{
    private static readonly DateTimeOffset Moment = DateTimeOffset.FromUnixTimeMilliseconds(1_893_456_000_123);

    [Fact]
    public void A_topic_message_of_text() => AssertFrame(
        "OnMessages",
        """
        {"channel":"lobby","channelType":"stream","topic":"news","publisher":"ann","messageType":"string",
        "payload":"hi \"you\" é","sentAt":1001}
        """,
        Topic(Text("hi \"you\" é")));

    [Fact]
    public void A_topic_message_of_bytes_with_all_it_may_have() => AssertFrame(
        "OnMessages",
        """
        {"channel":"lobby","channelType":"stream","topic":"news","publisher":"ann","messageType":"binary",
        "payload":"AP/+","customType":"pic","sentAt":1001,"sendTs":77}
        """,
        Topic(new(MessageType.Binary, new byte[] { 0, 255, 254 }, "pic"), 77));

    [Fact]
    public void Several_messages_of_one_event_share_the_array()
    {
        TopicMessage[] messages = [Message(Text("a")), Message(Text("b"))];
        AssertFrame(
            "OnMessages",
            """
            {"channel":"lobby","channelType":"stream","topic":"news","publisher":"ann","messageType":"string",
            "payload":"a","sentAt":1001},{"channel":"lobby","channelType":"stream","topic":"news",
            "publisher":"ann","messageType":"string","payload":"b","sentAt":1001}
            """,
            new TopicMessagesEvent(new("lobby"), new("news"), messages));
    }

    [Fact]
    public void Pushed_messages_of_conversations_have_their_token_beside_them_and_each_batch_its_own()
    {
        var first = new ConversationMessagesEvent(
            Pushes.Team, default, [Pushes.Pushed(1, Pushes.Team).Message, Pushes.Pushed(2, Pushes.Team).Message], "token.1");
        var second = new ConversationMessagesEvent(Pushes.AnnAndBob, new("bob"), [Pushes.Pushed(3, Pushes.AnnAndBob).Message], "t2");

        var frames = TextOf(FrameWriter.Write([EventEncoder.Encode(first), EventEncoder.Encode(second)]));

        string Message(int type, string target, int seq, int direction, ConversationKey key) =>
            $$"""
            {"conversationType":{{type}},"targetId":"{{target}}","senderUserId":"bob","messageUId":"{{MessageUId.Create(key, seq, seq)}}",
            "seq":{{seq}},"sentTime":{{seq}},"objectName":"RC:TxtMsg","content":{"n":{{seq}}},"messageDirection":{{direction}},
            "isPersisted":true,"isCounted":true,"isOffLineMessage":false}
            """.ReplaceLineEndings("");
        Assert.Equal(
            $$"""{"type":1,"target":"OnChatMessages","arguments":[[{{Message(3, "team", 1, 2, Pushes.Team)}},{{Message(3, "team", 2, 2, Pushes.Team)}}],"token.1"]}"""
            + "\u001e"
            + $$"""{"type":1,"target":"OnChatMessages","arguments":[[{{Message(1, "ann", 3, 1, Pushes.AnnAndBob)}}],"t2"]}"""
            + "\u001e",
            frames);
    }

    [Fact]
    public void A_notice_of_something_to_pull_names_the_conversation_or_none()
    {
        AssertFrame("OnChatNotify", """{"conversationType":1,"targetId":"bob"}""", new ConversationNoticeEvent(Pushes.AnnAndBob, new("ann")));
        AssertFrame("OnChatNotify", """{"conversationType":0,"targetId":""}""", new ConversationNoticeEvent(null, new("ann")));
    }

    [Fact]
    public void A_user_message() => AssertFrame(
        "OnMessages",
        """
        {"channel":"bob","channelType":"user","publisher":"ann","messageType":"string","payload":"hi",
        "sentAt":1001}
        """,
        new UserMessageEvent(new("bob"), new UserMessage(1, new("ann"), Text("hi"), 1001)));

    [Theory]
    [InlineData(true, "join")]
    [InlineData(false, "leave")]
    public void A_publisher_that_comes_or_goes(bool isJoin, string type) => AssertFrame(
        "OnTopicEvents",
        $$"""
        {"type":"{{type}}","channel":"lobby","topic":"news","userId":"ann"}
        """,
        new TopicPublisherEvent(new("lobby"), new TopicEvent(1, isJoin, new("news"), new("ann"))));

    [Fact]
    public void A_snapshot_of_topics() => AssertFrame(
        "OnTopicEvents",
        """
        {"type":"snapshot","channel":"lobby","topic":"","userId":"","snapshot":{"news":["ann","bob"],
        "chat":[]}}
        """,
        new TopicSnapshotEvent(new("lobby"), [new(new("news"), [new("ann"), new("bob")]), new(new("chat"), [])]));

    [Fact]
    public void Who_comes_with_its_state() => AssertFrame(
        "OnPresenceEvents",
        """
        {"type":"join","channel":"lobby","channelType":"stream","userId":"ann","state":{"mood":"é"}}
        """,
        Presence(new PresenceChanged(1, PresenceChangeKind.Joined, new("ann"), new([new("mood", "é")], []))));

    [Theory]
    [InlineData(PresenceChangeKind.Left, "leave")]
    [InlineData(PresenceChangeKind.TimedOut, "timeout")]
    public void Who_goes(PresenceChangeKind kind, string type) => AssertFrame(
        "OnPresenceEvents",
        $$"""
        {"type":"{{type}}","channel":"lobby","channelType":"stream","userId":"ann"}
        """,
        Presence(new PresenceChanged(1, kind, new("ann"), StateChange.None)));

    [Fact]
    public void A_change_of_state_with_the_keys_that_are_gone() => AssertFrame(
        "OnPresenceEvents",
        """
        {"type":"stateChange","channel":"lobby","channelType":"stream","userId":"ann","state":{"a":"1"},"removedKeys":["b"]}
        """,
        Presence(new PresenceChanged(1, PresenceChangeKind.StateChanged, new("ann"), new([new("a", "1")], ["b"]))));

    [Fact]
    public void What_changed_within_a_period() => AssertFrame(
        "OnPresenceEvents",
        """
        {"type":"interval","channel":"lobby","channelType":"stream","userId":"","joined":["ann"],"left":["bob"],"timedOut":["cleo"],
        "states":[{"userId":"ann","state":{"a":"1"}}],"total":70,"omitted":3}
        """,
        Presence(new PresenceInterval(
            1, [new("ann")], [new("bob")], [new("cleo")], [new(new("ann"), new([new("a", "1")], []))], 70, 3)));

    [Fact]
    public void A_snapshot_of_presence() => AssertFrame(
        "OnPresenceEvents",
        """
        {"type":"snapshot","channel":"lobby","channelType":"stream","userId":"","mode":"interval","total":2,
        "states":[{"userId":"ann","state":{}},{"userId":"bob","state":{"a":"1"}}]}
        """,
        Presence(new PresenceSnapshot(
            1, new([new(new("ann"), []), new(new("bob"), [new("a", "1")])], 2, true))));

    [Fact]
    public void Presence_that_was_declined() => AssertFrame(
        "OnPresenceEvents",
        """
        {"type":"outOfService","channel":"lobby","channelType":"stream","userId":""}
        """,
        new PresenceOutOfServiceEvent(ChannelType.Stream, new("lobby")));

    [Fact]
    public void An_empty_snapshot_is_told_as_well() => AssertFrame(
        "OnTopicEvents",
        """
        {"type":"snapshot","channel":"lobby","topic":"","userId":"","snapshot":{}}
        """,
        new TopicSnapshotEvent(new("lobby"), []));

    [Fact]
    public void A_login_token_that_will_expire() => AssertFrame(
        "OnTokenEvents",
        """
        {"type":"willExpire","channel":"","expiresAt":1893456000123}
        """,
        new TokenEvent(false, null, Moment));

    [Fact]
    public void A_channel_token_that_has_expired() => AssertFrame(
        "OnTokenEvents",
        """
        {"type":"expired","channel":"lobby","expiresAt":1893456000123}
        """,
        new TokenEvent(true, new("lobby"), Moment));

    [Fact]
    public void A_connection_that_stands() => AssertFrame(
        "OnConnectionEvents",
        """
        {"state":3,"reason":10001,"code":0,"message":"Connected."}
        """,
        new ConnectionEvent(ConnectionState.Connected, ConnectionReason.LoginSuccess, "Connected."));

    [Fact]
    public void A_connection_that_is_closed_with_a_time_to_come_back() => AssertFrame(
        "OnConnectionEvents",
        """
        {"state":1,"reason":2,"code":3,"message":"Bye.","closeCode":3001,"reconnectAfterMs":1500}
        """,
        new ConnectionEvent(ConnectionState.Disconnected, ConnectionReason.Interrupted, "Bye.")
        {
            CloseCode = DisconnectCode.Shutdown,
            ReconnectAfter = TimeSpan.FromMilliseconds(1500),
        });

    [Fact]
    public void A_channel_whose_token_has_ended() => AssertFrame(
        "OnConnectionEvents",
        """
        {"state":5,"reason":9,"code":0,"message":"Over.","channel":"lobby"}
        """,
        new ConnectionEvent(ConnectionState.Failed, ConnectionReason.TokenExpired, "Over.") { Channel = new("lobby") });

    [Fact]
    public void A_channel_that_was_joined() => AssertFrame(
        "OnConnectionEvents",
        """
        {"state":3,"reason":1,"code":0,"message":"In.","channel":"lobby"}
        """,
        new ConnectionEvent(ConnectionState.Connected, ConnectionReason.JoinSuccess, "In.") { Channel = new("lobby") });

    [Fact]
    public void A_connection_after_one_that_was_cut_off() => AssertFrame(
        "OnConnectionEvents",
        """
        {"state":3,"reason":10001,"code":0,"message":"Hi.","previousCloseCode":3008,"dropped":12}
        """,
        new ConnectionEvent(ConnectionState.Connected, ConnectionReason.LoginSuccess, "Hi.")
        {
            PreviousCloseCode = DisconnectCode.SlowConsumer,
            Dropped = 12,
        });

    [Fact]
    public void A_connection_that_lost_events() => AssertFrame(
        "OnConnectionEvents",
        """
        {"state":3,"reason":0,"code":0,"message":"Slow.","dropped":12}
        """,
        new ConnectionEvent(ConnectionState.Connected, ConnectionReason.None, "Slow.") { Dropped = 12 });

    [Theory]
    [InlineData(true, "true")]
    [InlineData(false, "false")]
    public void A_connection_whose_client_can_come_back(bool isResumed, string written) => AssertFrame(
        "OnConnectionEvents",
        $$"""
        {"state":3,"reason":10001,"code":0,"message":"Hello.","session":"NwpzCmc","resumed":{{written}}}
        """,
        new ConnectionEvent(ConnectionState.Connected, ConnectionReason.LoginSuccess, "Hello.")
        {
            Key = new(new(new("g"), 7), "s"),
            IsResumed = isResumed,
        });

    [Fact]
    public void A_session_whose_gateway_was_lost() => AssertFrame(
        "OnConnectionEvents",
        """
        {"state":3,"reason":10001,"code":0,"message":"Hello.","session":"NwpzCmc","resumed":true,"lost":true}
        """,
        new ConnectionEvent(ConnectionState.Connected, ConnectionReason.LoginSuccess, "Hello.")
        {
            Key = new(new(new("g"), 7), "s"),
            IsResumed = true,
            IsLossy = true,
        });

    [Theory]
    [InlineData(ConnectionState.Connected, ConnectionReason.LoginSuccess, 0)]
    [InlineData(ConnectionState.Failed, ConnectionReason.SameUidLogin, 6)]
    [InlineData(ConnectionState.Disconnected, ConnectionReason.Interrupted, 3)]
    [InlineData(ConnectionState.Disconnected, ConnectionReason.Logout, 4)]
    [InlineData(ConnectionState.Failed, ConnectionReason.TokenExpired, 2)]
    [InlineData(ConnectionState.Failed, ConnectionReason.RejectedByServer, 2)]
    public void Each_reason_has_a_RongCloud_status(ConnectionState state, ConnectionReason reason, int code)
    {
        using var frame = JsonDocument.Parse(TextOf(new ConnectionEvent(state, reason, "m"))[..^1]);
        Assert.Equal(code, frame.RootElement.GetProperty("arguments")[0][0].GetProperty("code").GetInt32());
    }

    /// <summary>The separator ends a frame wherever it stands, so it may never be written as it is.</summary>
    [Fact]
    public void Text_of_control_characters_and_names_of_any_kind_stays_inside_its_frame()
    {
        const string Evil = "\u001e\u0000\"\\\n\u2028\u007f<>&'";
        var sessionEvent = new TopicMessagesEvent(
            new("a<>&"), new("\U0001f600"), [Message(Text(Evil) with { CustomType = Evil })]);
        var text = TextOf(sessionEvent);
        Assert.Equal(text.Length - 1, text.IndexOf('\u001e', StringComparison.Ordinal));
        using var frame = JsonDocument.Parse(text[..^1]);
        var message = frame.RootElement.GetProperty("arguments")[0][0];
        Assert.Equal(Evil, message.GetProperty("payload").GetString());
        Assert.Equal(Evil, message.GetProperty("customType").GetString());
        Assert.Equal("\U0001f600", message.GetProperty("topic").GetString());
    }

    [Fact]
    public void Bytes_that_claim_to_be_text_are_written_as_text_all_the_same()
    {
        var text = TextOf(Topic(new(MessageType.String, new byte[] { 0x61, 0xff, 0xc3 })));
        using var frame = JsonDocument.Parse(text[..^1]);
        var message = frame.RootElement.GetProperty("arguments")[0][0];
        Assert.Equal("a\ufffd\ufffd", message.GetProperty("payload").GetString());
    }

    [Fact]
    public void An_event_is_encoded_once_for_all_sessions()
    {
        var sessionEvent = Topic(Text("hi"));
        var encoded = EventEncoder.Encode(sessionEvent);
        Assert.Same(encoded, EventEncoder.Encode(sessionEvent));
        Assert.Same(encoded.Frame, EventEncoder.Encode(sessionEvent).Frame);
    }

    [Fact]
    public void An_event_that_the_hub_has_no_form_for_is_an_error_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => EventEncoder.Encode(new NamedEvent("a")));

    [Fact]
    public void Consecutive_events_of_one_method_share_an_invocation_and_the_order_stays()
    {
        var join = new TopicPublisherEvent(new("lobby"), new TopicEvent(1, true, new("news"), new("ann")));
        EncodedEvent[] events =
        [
            EventEncoder.Encode(Topic(Text("a"))), EventEncoder.Encode(Topic(Text("b"))), EventEncoder.Encode(join),
            EventEncoder.Encode(Topic(Text("c"))),
        ];
        var frames = TextOf(FrameWriter.Write(events)).Split('\u001e');
        Assert.Equal(4, frames.Length);
        Assert.Equal("", frames[^1]);
        Assert.Equal(["OnMessages:2", "OnTopicEvents:1", "OnMessages:1"], frames[..^1].Select(Summarise));
        Assert.Equal(TextOf(Topic(Text("c"))), frames[2] + "\u001e");
    }

    private static string Summarise(string frame)
    {
        using var invocation = JsonDocument.Parse(frame);
        var arguments = invocation.RootElement.GetProperty("arguments");
        Assert.Equal(1, arguments.GetArrayLength());
        return $"{invocation.RootElement.GetProperty("target").GetString()}:{arguments[0].GetArrayLength()}";
    }

    /// <summary>Compares the whole frame. The elements may be broken into lines, which are put together.</summary>
    private static PresenceEvent Presence(DeliveryItem item) =>
        PresenceEvent.Of(ChannelType.Stream, new("lobby"), item)!;

    private static void AssertFrame(string target, string elements, SessionEvent sessionEvent)
    {
        var expected = $$"""{"type":1,"target":"{{target}}","arguments":[[{{elements.ReplaceLineEndings("")}}]]}""";
        using (JsonDocument.Parse(expected))
            Assert.Equal(expected + "\u001e", TextOf(sessionEvent));
    }

    private static string TextOf(SessionEvent sessionEvent) => TextOf(EventEncoder.Encode(sessionEvent).Frame);

    private static string TextOf(SerializedHubMessage frame) =>
        Encoding.UTF8.GetString(frame.GetSerializedMessage(new RtmHubProtocol(new())).Span);

    private static TopicMessagesEvent Topic(Payload payload, long? senderTs = null) =>
        new(new("lobby"), new("news"), [Message(payload, senderTs)]);

    private static TopicMessage Message(Payload payload, long? senderTs = null) =>
        new(1, new("ann"), payload, 1001, senderTs, MessagePriority.Normal);

    private static Payload Text(string text) => new(MessageType.String, Encoding.UTF8.GetBytes(text));
}
