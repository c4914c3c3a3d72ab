using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Gateway.Protocols.ImJson;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.Pushes;

namespace ImOrleans.Gateway.Tests.Protocols.ImJson;

public sealed class ImEventEncoderTests
{
    private static readonly UserId Ann = new("ann");
    private static readonly UserId Bob = new("bob");
    private static readonly ChannelName App = ImApp.Channel(101);

    [Fact]
    public void A_private_message_has_no_target_and_its_own_name()
    {
        var message = Message("bob", "RC:TxtMsg", """{"extra":{"content":"no"},"content":"hi"}""");
        var encoded = ImEventEncoder.Encode(new ConversationMessagesEvent(AnnAndBob, Ann, [message], "token"));

        Assert.Equal([Push(message.Message.UId.Value, "hi", "bob")], Texts(encoded));
        Assert.Equal([new(AnnAndBob, "token")], encoded.Received);
    }

    [Fact]
    public void What_oneself_has_said_elsewhere_tells_to_whom()
    {
        var message = Message("ann", "RC:TxtMsg", """{"content":"mine"}""");
        Assert.Equal(
            [Push(message.Message.UId.Value, "mine", "ann", target: "bob")],
            Texts(ImEventEncoder.Encode(new ImPulledMessage(AnnAndBob, Ann, message))));
    }

    [Fact]
    public void A_message_of_a_group_has_the_group_as_its_target()
    {
        var message = Message("bob", "RC:TxtMsg", """{"content":"all"}""");
        // Of the same event for all members nobody is the viewer.
        Assert.Equal(
            [Push(message.Message.UId.Value, "all", "bob", target: "team")],
            Texts(ImEventEncoder.Encode(new ConversationMessagesEvent(Team, default, [message], "t"))));
    }

    [Theory]
    [InlineData("app:card", """{"content":"x"}""")]
    [InlineData("RC:TxtMsg", """{"content":5}""")]
    [InlineData("RC:TxtMsg", """{"text":"x"}""")]
    public void Of_what_is_no_text_the_whole_content_is_told(string objectName, string content)
    {
        var message = Message("bob", objectName, content);
        Assert.Equal(
            [Push(message.Message.UId.Value, content.Replace("\"", "\\\"", StringComparison.Ordinal), "bob", type: objectName)],
            Texts(ImEventEncoder.Encode(new ImPulledMessage(AnnAndBob, Ann, message))));
    }

    [Fact]
    public void A_message_has_the_name_that_was_chosen_for_it()
    {
        var message = Message("bob", "RC:TxtMsg", """{"content":"hi"}""", ImMessageContent.WriteSeq("m<1>"));
        Assert.Equal(
            [Push("m\\u003c1\\u003e", "hi", "bob")], Texts(ImEventEncoder.Encode(new ImPulledMessage(AnnAndBob, Ann, message))));
    }

    [Theory]
    [InlineData("RC:TxtMsg", 1)]
    [InlineData("RC:TypSts", 0)]
    [InlineData("RC:ReadNtf", 0)]
    public void Status_messages_are_told_but_for_commands(string objectName, int frames) => Assert.Equal(
        frames,
        ImEventEncoder.Encode(new ConversationStatusEvent(AnnAndBob, Ann, Message("bob", objectName, """{"content":"x"}""")))
            .Frames.Count);

    [Fact]
    public void A_signal_of_the_other_family_is_told_and_bytes_in_base64()
    {
        Assert.Equal([Push("4", "psst", "bob")], Texts(ImEventEncoder.Encode(Signal(MessageType.String))));
        var bytes = Push("4", "cHNzdA==", "bob").Replace("\"type\":\"text\"", "\"type\":\"binary\"", StringComparison.Ordinal);
        Assert.Equal([bytes], Texts(ImEventEncoder.Encode(Signal(MessageType.Binary))));

        static UserMessageEvent Signal(MessageType type) => new(Ann, new UserMessage(4, Bob, new(type, "psst"u8.ToArray()), 1));
    }

    [Fact]
    public void A_message_to_all_is_told_to_all_but_its_sender()
    {
        var named = ImEventEncoder.Encode(ToAll(ImToAll.Write("m1", "大家好 <3")));
        var frame = Assert.Single(named.Frames);
        Assert.Equal((Push("m1", "大家好 \\u003c3", "bob"), Bob), (Text(frame), frame.NotFor));
        Assert.Equal([Push("8", "x", "bob")], Texts(ImEventEncoder.Encode(ToAll(ImToAll.Write("", "x")))));
        foreach (var other in (string[])["", "{}", "[1,2]", "[\"a\"]", "[\"a\",null]"])
            Assert.Empty(ImEventEncoder.Encode(ToAll(new(MessageType.String, Encoding.UTF8.GetBytes(other)))).Frames);

        static ChannelMessageEvent ToAll(Payload payload) => new(App, 1, new ChannelMessage(5, 8, Bob, payload, 1));
    }

    [Theory]
    [InlineData(PresenceChangeKind.Joined, "enter", "哈喽~")]
    [InlineData(PresenceChangeKind.Left, "exit", "用户已经离开~")]
    [InlineData(PresenceChangeKind.TimedOut, "exit", "用户已经离开~")]
    public void Arrivals_and_departures_are_told_to_all_others(PresenceChangeKind kind, string cmd, string text)
    {
        var frame = Assert.Single(ImEventEncoder.Encode(Changed(kind)).Frames);
        Assert.Equal((Push("9", text, "bob", cmd: cmd), Bob), (Text(frame), frame.NotFor));
    }

    [Fact]
    public void Those_of_a_period_are_told_one_by_one()
    {
        var interval = new PresenceIntervalEvent(
            ChannelType.Message, App, new PresenceInterval(3, [Ann], [Bob], [new("cyd")], [], 80, 0));
        Assert.Equal(
            [
                Push("3-1", "哈喽~", "ann", cmd: "enter"), Push("3-2", "用户已经离开~", "bob", cmd: "exit"),
                Push("3-3", "用户已经离开~", "cyd", cmd: "exit"),
            ],
            Texts(ImEventEncoder.Encode(interval)));
    }

    [Fact]
    public void That_there_is_something_to_pull_is_for_the_door_itself()
    {
        var encoded = ImEventEncoder.Encode(new ConversationNoticeEvent(AnnAndBob, Ann));
        Assert.True(encoded is { HasMore: true, Frames: [] });
    }

    [Fact]
    public void What_the_protocol_does_not_know_is_not_told()
    {
        Assert.Empty(ImEventEncoder.Encode(Changed(PresenceChangeKind.StateChanged)).Frames);
        Assert.Empty(ImEventEncoder.Encode(new TokenEvent(false, null, default)).Frames);
        Assert.Empty(ImEventEncoder.Encode(new ConnectionEvent(default, default, "")).Frames);
    }

    private static PresenceChangeEvent Changed(PresenceChangeKind kind) =>
        new(ChannelType.Message, App, new PresenceChanged(9, kind, Bob, StateChange.None));

    private static StoredMessage Message(string sender, string objectName, string content, byte[]? extras = null) => new(1, 1, new(
        MessageUId.Create(AnnAndBob, 1, 1), new(sender), objectName, Encoding.UTF8.GetBytes(content), MessageFlags.Counted, "c1",
        [], extras));

    private static string Push(
        string seq, string text, string from, string target = "", string type = "text", string cmd = "msg") =>
        $$$$"""{"seq":"{{{{seq}}}}","cmd":"{{{{cmd}}}}","response":{"code":200,"codeMsg":"Ok","data":"""
        + $$$$"""{"target":"{{{{target}}}}","type":"{{{{type}}}}","msg":"{{{{text}}}}","from":"{{{{from}}}}"}}}""";

    private static IEnumerable<string> Texts(ImEvents events) => events.Frames.Select(Text);

    private static string Text(ImEvents.Frame frame) => Encoding.UTF8.GetString(frame.Text.Span);
}
