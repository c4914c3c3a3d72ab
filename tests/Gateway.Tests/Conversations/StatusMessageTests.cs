using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Gateway.Tests.Conversations;

public sealed class StatusMessageTests : IDisposable
{
    private static readonly ConversationKey AnnAndBob = ConversationKey.Private(new("ann"), new("bob"));

    private readonly GatewayBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task It_goes_to_the_sessions_that_are_connected_but_the_one_that_wrote_it()
    {
        var ann = await _bench.ConnectAsync();
        var connection = (FakeConnection)ann.Connection!;

        _bench.DeliverToUser("ann", 1, Status(1, ann.Id), Status(2));

        var status = Assert.Single(connection.Events.OfType<ConversationStatusEvent>());
        Assert.Equal((AnnAndBob, "ann"), (status.Conversation, status.Viewer.Value));
        Assert.False(status.IsCounted);
    }

    [Fact]
    public async Task It_does_not_wait_for_a_client_that_is_away()
    {
        var ann = await _bench.ConnectAsync(wishes: new() { IsResumable = true });
        await _bench.Lifecycle.LoseAsync(ann, ann.Connection!).Guard();
        Assert.True(ann.IsReachable);

        Assert.Equal(0, Assert.Single(_bench.DeliverToUser("ann", 1, Status(1)).Reached));
    }

    [Fact]
    public async Task One_for_others_is_not_for_this_user()
    {
        var ann = await _bench.ConnectAsync();
        var status = Status(1);
        var sent = status.Message.Message.Message with { Flags = MessageFlags.Directed, Receivers = [new("zoe")] };

        _bench.DeliverToUser("ann", 1, status with { Message = new(new(0, 1001, sent), null) });

        Assert.Empty(((FakeConnection)ann.Connection!).Events.OfType<ConversationStatusEvent>());
    }

    [Theory]
    [InlineData("ann", "bob", 2)]
    [InlineData("bob", "ann", 1)]
    public void It_is_written_with_nothing_to_acknowledge(string viewer, string target, int direction)
    {
        var (message, _) = Status(1).Message;

        var frame = EventEncoder.Encode(new ConversationStatusEvent(AnnAndBob, new(viewer), message)).Frame;

        var bytes = frame.GetSerializedMessage(new Microsoft.AspNetCore.SignalR.Protocol.JsonHubProtocol());
        Assert.Equal(
            $$"""
            {"type":1,"target":"OnChatMessages","arguments":[[{"conversationType":1,"targetId":"{{target}}","senderUserId":"bob","messageUId":"{{message.Message.UId}}","seq":0,"sentTime":1001,"objectName":"RC:TypSts","content":{"typingContentType":"RC:TxtMsg"},"clientMessageId":"k","messageDirection":{{direction}},"isPersisted":false,"isCounted":false,"isOffLineMessage":false}],null]}
            """ + "\u001e",
            Encoding.UTF8.GetString(bytes.Span));
    }

    private static ConversationStatus Status(long sequence, SessionId? writer = null) => new(
        sequence, AnnAndBob,
        new(
            new(0, 1001, new(
                MessageUId.Create(AnnAndBob, 0, 7), new("bob"), "RC:TypSts", """{"typingContentType":"RC:TxtMsg"}"""u8.ToArray(),
                MessageFlags.None, "k", [], default)),
            writer));
}
