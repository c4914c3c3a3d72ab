using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Tests.Auth;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Conversations;

public sealed class ChatCallsTests : IDisposable
{
    private static readonly ConversationKey AnnAndBob = ConversationKey.Private(new("ann"), new("bob"));

    private readonly GatewayBench _bench = new();
    private readonly ChatCalls _chats;

    public ChatCallsTests() => _chats = new(_bench.Grains.Factory, new(new(Tokens.AppKey, Tokens.Secret)));

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Messages_of_a_session_to_one_conversation_keep_their_order_and_name_it()
    {
        var ann = await _bench.ConnectAsync();
        var grain = _bench.Grains.Conversation(AnnAndBob);
        grain.Hold("Send");

        var first = _chats.SendAsync(ann, AnnAndBob, Message("1"));
        var second = _chats.SendAsync(ann, AnnAndBob, Message("2"));
        var held = await grain.NextAsync("Send").Guard();
        Assert.Equal(1, grain.CountOf("Send"));
        held.Reply(new Outcome<ChatMessageSent>(new(default, 1, 1), null));
        AssertAccepted(await first.Guard());
        (await grain.NextAsync("Send").Guard()).Reply(new Outcome<ChatMessageSent>(new(default, 2, 1), null));
        AssertAccepted(await second.Guard());
        Assert.Equal(
            [("1", ann.Id), ("2", ann.Id)],
            grain.Requests<SendChatMessageRequest>().Select(request => (Encoding.UTF8.GetString(request.Content.Span), request.Session!.Value)));
    }

    [Fact]
    public async Task A_conversation_that_cannot_be_reached_is_told_as_retryable()
    {
        var ann = await _bench.ConnectAsync();
        var grain = _bench.Grains.Conversation(AnnAndBob);
        grain.Hold("Send");

        var send = _chats.SendAsync(ann, AnnAndBob, Message("1"));
        (await grain.NextAsync("Send").Guard()).Fail(new TimeoutException());

        AssertRefused(ErrorCode.InternalErrror, await send.Guard());
    }

    [Fact]
    public async Task What_was_pulled_is_acknowledged_with_the_token_that_came_with_it()
    {
        var ann = await _bench.ConnectAsync();
        var inbox = _bench.Grains.Inbox("ann");
        inbox.Pulled = new([], [new(AnnAndBob, 9)], false);

        var (pulled, token) = (await _chats.PullAsync(ann, 5, 7).Guard()).Value;
        AssertAccepted(await _chats.AcknowledgeAsync(ann, token!).Guard());

        Assert.Same(inbox.Pulled, pulled);
        Assert.Equal(new PullRequest(ann.Device, 5, 7), Assert.Single(inbox.Requests<PullRequest>()));
        var acknowledged = Assert.Single(inbox.Requests<AcknowledgeRequest>());
        Assert.Equal((ann.Device, new DevicePosition(AnnAndBob, 9)), (acknowledged.Device, Assert.Single(acknowledged.Positions)));
        AssertRefused(ErrorCode.BizErrorInvalidParameter, await _chats.AcknowledgeAsync(ann, "none").Guard());
    }

    [Fact]
    public async Task A_pull_that_finds_nothing_has_nothing_to_acknowledge()
    {
        var ann = await _bench.ConnectAsync();

        Assert.Null((await _chats.PullAsync(ann, 5, 7).Guard()).Value.AckToken);
    }

    [Fact]
    public async Task A_client_is_told_once_until_it_pulls_and_not_of_what_it_wrote_itself()
    {
        var ann = await _bench.ConnectAsync();
        var connection = (FakeConnection)ann.Connection!;
        var before = connection.Events.Count;
        int Notices() => connection.Events.Skip(before).OfType<Gateway.Sessions.ConversationNoticeEvent>().Count();

        _bench.DeliverToUser("ann", 1, Push(1, ann.Id));
        Assert.Equal(0, Notices());
        _bench.DeliverToUser("ann", 2, Push(2), Push(3));
        Assert.Equal(1, Notices());
        AssertAccepted(await _chats.PullAsync(ann, 5, 7).Guard());
        _bench.DeliverToUser("ann", 3, Push(4));
        Assert.Equal(2, Notices());
    }

    private static ConversationPush Push(long seq, SessionId? writer = null) => new(
        seq, AnnAndBob, seq - 1, 0, seq,
        [new(new(seq, seq, Sent(seq)), writer)]);

    private static ChatMessage Sent(long seq) => new(
        MessageUId.Create(AnnAndBob, seq, seq), new("bob"), "RC:TxtMsg", default, MessageFlags.Counted, null, [], default);

    private static SendChatMessageRequest Message(string text) =>
        new(new("ann"), "RC:TxtMsg", Encoding.UTF8.GetBytes(text), MessageFlags.Counted, null);
}
