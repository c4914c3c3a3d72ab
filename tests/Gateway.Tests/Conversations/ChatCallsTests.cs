using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;
using static ImOrleans.Gateway.Tests.Doubles.Pushes;

namespace ImOrleans.Gateway.Tests.Conversations;

public sealed class ChatCallsTests : IDisposable
{
    private readonly GatewayBench _bench = new();

    private ChatCalls Chats => _bench.Chats;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Messages_of_a_session_to_one_conversation_keep_their_order_and_name_it()
    {
        var ann = await _bench.ConnectAsync();
        var grain = _bench.Grains.Conversation(AnnAndBob);
        grain.Hold("Send");

        var first = Chats.SendAsync(ann, AnnAndBob, Message("1"));
        var second = Chats.SendAsync(ann, AnnAndBob, Message("2"));
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

        var send = Chats.SendAsync(ann, AnnAndBob, Message("1"));
        (await grain.NextAsync("Send").Guard()).Fail(new TimeoutException());

        AssertRefused(ErrorCode.InternalErrror, await send.Guard());
    }

    [Fact]
    public async Task What_was_pulled_is_acknowledged_with_the_token_that_came_with_it()
    {
        var ann = await _bench.ConnectAsync();
        var inbox = _bench.Grains.Inbox("ann");
        inbox.Pulled = new([], [new(AnnAndBob, 9)], false);

        var (pulled, token) = (await Chats.PullAsync(ann, 7).Guard()).Value;
        AssertAccepted(await Chats.AcknowledgeAsync(ann, token!).Guard());

        Assert.Same(inbox.Pulled, pulled);
        Assert.Equal(new PullRequest(ann.Device, 7), Assert.Single(inbox.Requests<PullRequest>()));
        var acknowledged = Assert.Single(inbox.Requests<AcknowledgeRequest>());
        Assert.Equal((ann.Device, new DevicePosition(AnnAndBob, 9)), (acknowledged.Device, Assert.Single(acknowledged.Positions)));
        AssertRefused(ErrorCode.BizErrorInvalidParameter, await Chats.AcknowledgeAsync(ann, "none").Guard());
    }

    [Fact]
    public async Task A_pull_that_finds_nothing_has_nothing_to_acknowledge()
    {
        var ann = await _bench.ConnectAsync();

        Assert.Null((await Chats.PullAsync(ann, 7).Guard()).Value.AckToken);
    }

    [Fact]
    public async Task A_new_device_may_begin_now()
    {
        var ann = await _bench.ConnectAsync();

        AssertAccepted(await Chats.PullAsync(ann, 7, fromNow: true).Guard());

        Assert.True(Assert.Single(_bench.Grains.Inbox("ann").Requests<PullRequest>()).FromNow);
    }

    [Fact]
    public async Task A_client_is_told_once_until_it_pulls_and_not_of_what_it_wrote_itself()
    {
        var ann = await _bench.ConnectAsync();
        var connection = (FakeConnection)ann.Connection!;

        _bench.DeliverToUser("ann", 1, Push(1, writer: ann.Id));
        Assert.Empty(Pushes.Told(connection));
        _bench.DeliverToUser("ann", 2, Push(2), Push(3));
        Assert.Equal(["pull bob"], Pushes.Told(connection));
        AssertAccepted(await Chats.PullAsync(ann, 7).Guard());
        _bench.DeliverToUser("ann", 3, Push(4));
        Assert.Equal(["pull bob", "pull bob"], Pushes.Told(connection));
    }

    [Fact]
    public async Task A_client_that_is_caught_up_gets_what_comes_and_acknowledges_it()
    {
        var (ann, connection) = await CaughtUpAsync();

        AssertReached(_bench.DeliverToUser("ann", 1, Push(6), Push(7)), 1, 1);
        Assert.Equal(["6", "7"], Pushes.Told(connection));
        AssertAccepted(await Chats.AcknowledgeAsync(ann, Tokens(connection)[1]).Guard());

        var acknowledged = Acknowledged()[^1];
        Assert.Equal((ann.Device, new(AnnAndBob, 7)), (acknowledged.Device, Assert.Single(acknowledged.Positions)));
    }

    [Fact]
    public async Task The_token_of_a_push_stands_for_the_last_message_that_it_has()
    {
        var (ann, connection) = await CaughtUpAsync();
        _bench.DeliverToUser("ann", 1, Push(7, count: 2) with { Messages = [Pushed(6, AnnAndBob), Pushed(7, AnnAndBob, ann.Id)] });
        AssertAccepted(await Chats.AcknowledgeAsync(ann, Tokens(connection)[0]).Guard());
        Assert.Equal(new(AnnAndBob, 6), Assert.Single(Acknowledged()[^1].Positions));
    }

    /// <summary>The bound is that of the session's inbox; an acknowledgement makes room.</summary>
    [Fact]
    public async Task A_client_that_does_not_acknowledge_has_to_pull_and_one_that_does_goes_on()
    {
        var (ann, connection) = await CaughtUpAsync();
        for (var i = 1; i <= SessionInbox.WaitingMax; i++)
            _bench.DeliverToUser("ann", i, Push(5 + i));
        AssertAccepted(await Chats.AcknowledgeAsync(ann, Tokens(connection)[0]).Guard());
        _bench.DeliverToUser("ann", 257, Push(262));
        Assert.Equal("262", Pushes.Told(connection)[^1]);
        _bench.DeliverToUser("ann", 258, Push(263));
        Assert.Equal("pull bob", Pushes.Told(connection)[^1]);
        Assert.Equal(SessionInbox.WaitingMax + 2, Pushes.Told(connection).Count);

        // What it has it may acknowledge still.
        AssertAccepted(await Chats.AcknowledgeAsync(ann, Tokens(connection)[^1]).Guard());
        Assert.Equal(new(AnnAndBob, 262), Assert.Single(Acknowledged()[^1].Positions));
    }

    [Fact]
    public async Task The_token_of_a_push_has_no_effect_where_its_messages_were_not_handed()
    {
        var (ann, connection) = await CaughtUpAsync();
        _bench.DeliverToUser("ann", 1, Push(6));
        var token = Tokens(connection)[0];
        var other = await _bench.ConnectAsync("carol");
        AssertAccepted(await Chats.AcknowledgeAsync(other, token).Guard());
        Assert.Equal(0, _bench.Grains.Inbox("carol").CountOf("Acknowledge"));

        await _bench.Lifecycle.LoseAsync(ann, connection).Guard();
        AssertAccepted(await Chats.AcknowledgeAsync(ann, token).Guard());
        Assert.Single(Acknowledged());
        AssertRefused(ErrorCode.BizErrorInvalidParameter, await Chats.AcknowledgeAsync(ann, $"{token}A").Guard());
    }

    [Fact]
    public async Task An_acknowledgement_that_is_not_stored_leads_nowhere_and_makes_no_room()
    {
        var ann = await _bench.ConnectAsync();
        var inbox = _bench.Grains.Inbox("ann");
        inbox.Pulled = Pulled(Mark(5), new DevicePosition(AnnAndBob, 5));
        var token = (await Chats.PullAsync(ann, 7).Guard()).Value.AckToken!;
        inbox.Script("Acknowledge", ErrorCode.InternalErrror);
        AssertRefused(ErrorCode.InternalErrror, await Chats.AcknowledgeAsync(ann, token).Guard());
        Assert.False(ann.Inbox.IsPushing);
        AssertAccepted(await Chats.AcknowledgeAsync(ann, token).Guard());
        Assert.True(ann.Inbox.IsPushing);
    }

    [Fact]
    public async Task A_connection_that_is_lost_takes_what_was_pushed_over_it_along()
    {
        var connection = new FakeConnection();
        var ann = await _bench.ConnectAsync("ann", connection, wishes: new() { IsResumable = true });
        AssertAccepted(await Chats.PullAsync(ann, 7).Guard());
        connection.IsSlow = true;
        _bench.DeliverToUser("ann", 1, Push(1), Push(2));
        _bench.DeliverToUser("ann", 2, Push(3));
        await _bench.Lifecycle.LoseAsync(ann, connection).Guard();
        _bench.DeliverToUser("ann", 3, Push(4));

        var next = new FakeConnection();
        await _bench.ConnectAsync("ann", next, wishes: new() { IsResumable = true, Previous = ann.Key });
        _bench.DeliverToUser("ann", 4, Push(5));
        Assert.Equal(["pull bob"], Pushes.Told(next));
        Assert.False(ann.Inbox.IsPushing);
    }

    [Fact]
    public async Task Groups_that_cannot_be_had_are_asked_for_again_with_the_next_pull()
    {
        var ann = await _bench.ConnectAsync();
        var inbox = _bench.Grains.Inbox("ann");
        inbox.Script("GetGroups", ErrorCode.InternalErrror, new TimeoutException());
        AssertRefused(ErrorCode.InternalErrror, await Chats.PullAsync(ann, 7).Guard());
        AssertRefused(ErrorCode.InternalErrror, await Chats.PullAsync(ann, 7).Guard());
        Assert.Equal(0, inbox.CountOf("Pull"));
        AssertAccepted(await Chats.PullAsync(ann, 7).Guard());
        AssertAccepted(await Chats.PullAsync(ann, 7).Guard());
        Assert.Equal((3, 2), (inbox.CountOf("GetGroups"), inbox.CountOf("Pull")));
    }

    /// <summary>The pull's answer has what came before it was read; the rest comes in its order when it is acknowledged.</summary>
    [Fact]
    public async Task What_comes_while_a_client_pulls_is_neither_lost_nor_told_twice()
    {
        var ann = await _bench.ConnectAsync();
        var connection = (FakeConnection)ann.Connection!;
        var inbox = _bench.Grains.Inbox("ann");
        inbox.Hold("Pull");
        var pull = Chats.PullAsync(ann, 7);
        var held = await inbox.NextAsync("Pull").Guard();
        _bench.DeliverToUser("ann", 1, Push(5), Push(6));
        held.Reply(Pulled(Mark(5, 5, 0, new DevicePosition(AnnAndBob, 5)), new DevicePosition(AnnAndBob, 5)));
        var token = (await pull.Guard()).Value.AckToken!;
        _bench.DeliverToUser("ann", 2, Push(7));
        AssertAccepted(await Chats.AcknowledgeAsync(ann, token).Guard());
        _bench.DeliverToUser("ann", 3, Push(8));

        Assert.Equal(["pull bob", "6", "7", "8"], Pushes.Told(connection));
    }

    private static IReadOnlyList<string> Tokens(FakeConnection connection) =>
        [.. connection.Events.OfType<ConversationMessagesEvent>().Select(told => told.AckToken)];

    private IReadOnlyList<AcknowledgeRequest> Acknowledged() => _bench.Grains.Inbox("ann").Requests<AcknowledgeRequest>();

    /// <summary>Ann, who has all up to the fifth message.</summary>
    private async Task<(Session Ann, FakeConnection Connection)> CaughtUpAsync()
    {
        var connection = new FakeConnection();
        var ann = await _bench.ConnectAsync("ann", connection, wishes: new() { IsResumable = true });
        _bench.Grains.Inbox("ann").Pulled =
            Pulled(Mark(5, 5, 0, new DevicePosition(AnnAndBob, 5)), new DevicePosition(AnnAndBob, 5));
        var token = (await Chats.PullAsync(ann, 7).Guard()).Value.AckToken!;
        AssertAccepted(await Chats.AcknowledgeAsync(ann, token).Guard());
        Assert.True(ann.Inbox.IsPushing);
        return (ann, connection);
    }

    private static SendChatMessageRequest Message(string text) =>
        new(new("ann"), "RC:TxtMsg", Encoding.UTF8.GetBytes(text), MessageFlags.Counted, null);
}
