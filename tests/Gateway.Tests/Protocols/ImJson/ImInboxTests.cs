using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Protocols.ImJson;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Inboxes;
using static ImOrleans.Gateway.Tests.Doubles.Pushes;

namespace ImOrleans.Gateway.Tests.Protocols.ImJson;

/// <summary>Message n of these tests says <c>{"n":n}</c>, as it is no plain text.</summary>
public sealed class ImInboxTests : IDisposable
{
    private readonly ImBench _bench = new();

    private FakeInboxGrain Inbox => _bench.Inbox("ann");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task What_waits_comes_with_the_login_and_is_acknowledged_once_it_is_written()
    {
        // More than the connection holds by itself.
        Inbox.Script("Pull", Page(true, 1, 2, 3), Page(true));
        var client = await _bench.LoginAsync();
        var pull = (PullRequest)(await Inbox.NextAsync("Pull")).Request;
        Assert.Equal("im:101", pull.Device.Value);

        Assert.Equal("""{"n":1}""", Text(await client.MessageAsync()));
        Assert.Equal(0, Inbox.CountOf("Acknowledge"));
        Assert.Equal("""{"n":2}""", Text(await client.MessageAsync()));
        Assert.Equal(0, Inbox.CountOf("Acknowledge"));
        Assert.Equal("""{"n":3}""", Text(await client.MessageAsync()));
        Assert.Equal([new(AnnAndBob, 3)], Acknowledged(await Inbox.NextAsync("Acknowledge")));
    }

    [Fact]
    public async Task No_message_comes_before_the_answer_to_the_login()
    {
        Inbox.Script("Pull", Page(true, 1));
        var user = _bench.Gateway.Grains.User("ann");
        user.Hold("SubscribeChannel");
        var client = _bench.Connect();
        await client.SendAsync("""{"seq":"1","cmd":"login","data":{"userId":"ann","appId":101}}""");
        var entering = await user.NextAsync("SubscribeChannel");

        // The session is there, and is told that there is something to pull.
        _bench.Gateway.DeliverToUser("ann", 1, Push(1));
        Assert.Equal(0, Inbox.CountOf("Pull"));
        entering.Reply(ErrorCode.ChannelSubscribeFailed);
        Assert.Contains("\"cmd\":\"login\"", await client.ReceiveAsync(), StringComparison.Ordinal);
        Assert.Equal("""{"n":1}""", Text(await client.MessageAsync()));
    }

    [Fact]
    public async Task What_was_not_written_is_not_acknowledged()
    {
        Inbox.Script("Pull", Page(true, 1, 2, 3));
        var client = await _bench.LoginAsync();
        Assert.Equal("""{"n":1}""", Text(await client.MessageAsync()));
        client.Cut();
        await client.Served.Guard();
        await _bench.Gateway.Grains.User("ann").NextAsync("Disconnect");
        Assert.Equal(0, Inbox.CountOf("Acknowledge"));
    }

    [Fact]
    public async Task Page_after_page_is_pulled_until_there_is_nothing_more()
    {
        Inbox.Script("Pull", Page(false, 1, 2), Page(false, 3), Page(true, 4));
        var client = await _bench.LoginAsync();
        for (var n = 1; n <= 4; n++)
            Assert.Equal($$"""{"n":{{n}}}""", Text(await client.MessageAsync()));
        foreach (var last in (long[])[2, 3, 4])
            Assert.Equal([new(AnnAndBob, last)], Acknowledged(await Inbox.NextAsync("Acknowledge")));
    }

    [Fact]
    public async Task What_is_pushed_is_acknowledged_when_its_client_is_heard_five_seconds_later()
    {
        var client = await PushedToAsync();
        await PushAsync(client, 1);
        _bench.Gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        await PushAsync(client, 2);
        _bench.Gateway.Clock.Advance(TimeSpan.FromSeconds(4) - TimeSpan.FromMilliseconds(1));
        await client.AskAsync("ping");
        Assert.Equal(0, Inbox.CountOf("Acknowledge"));

        _bench.Gateway.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await client.AskAsync("ping");
        Assert.Equal([new(AnnAndBob, 1)], Acknowledged(await Inbox.NextAsync("Acknowledge")));
        _bench.Gateway.Clock.Advance(TimeSpan.FromSeconds(5));
        await client.AskAsync("heartbeat");
        Assert.Equal([new(AnnAndBob, 2)], Acknowledged(await Inbox.NextAsync("Acknowledge")));
    }

    [Fact]
    public async Task What_was_written_to_a_connection_that_was_dead_is_not_acknowledged()
    {
        var client = await PushedToAsync();
        await PushAsync(client, 1);
        _bench.Gateway.Clock.Advance(TimeSpan.FromSeconds(20));
        client.Cut();
        await client.Served.Guard();
        await _bench.Gateway.Grains.User("ann").NextAsync("Disconnect");
        Assert.Equal(0, Inbox.CountOf("Acknowledge"));
    }

    [Fact]
    public async Task Who_takes_its_leave_has_all_that_was_written()
    {
        var client = await PushedToAsync();
        await PushAsync(client, 1);
        await PushAsync(client, 2);
        await client.CloseAsync();
        await client.Served.Guard();
        Assert.Equal([new(AnnAndBob, 2)], Acknowledged(await Inbox.NextAsync("Acknowledge")));
    }

    [Fact]
    public async Task A_hundred_messages_wait_for_their_client_to_be_heard_and_one_more_does_not()
    {
        var client = await PushedToAsync();
        for (var n = 1; n <= ImReceipts.UnheardMax; n++)
            await PushAsync(client, n);
        await client.AskAsync("ping");
        Assert.Equal(0, Inbox.CountOf("Acknowledge"));
        await PushAsync(client, ImReceipts.UnheardMax + 1);
        Assert.Equal([new(AnnAndBob, ImReceipts.UnheardMax + 1)], Acknowledged(await Inbox.NextAsync("Acknowledge")));
    }

    [Fact]
    public async Task What_comes_after_a_gap_is_pulled_without_what_was_written_before()
    {
        var client = await PushedToAsync();
        await PushAsync(client, 1);

        // Something is missing: the pull waits until all that was written is acknowledged.
        Inbox.Hold("Acknowledge");
        Inbox.Hold("Pull");
        await PushAsync(client, 2);
        _bench.Gateway.DeliverToUser("ann", 4, Push(4));
        var acknowledging = await Inbox.NextAsync("Acknowledge");
        Assert.Equal([new(AnnAndBob, 2)], Acknowledged(acknowledging));
        Assert.Equal(1, Inbox.CountOf("Pull"));
        acknowledging.Reply(new Done());
        (await Inbox.NextAsync("Pull")).Reply(new Outcome<PulledMessages>(Page(true, 3, 4), null));
        Assert.Equal("""{"n":3}""", Text(await client.MessageAsync()));
        Assert.Equal("""{"n":4}""", Text(await client.MessageAsync()));
        Assert.Equal([new(AnnAndBob, 4)], Acknowledged(await Inbox.NextAsync("Acknowledge")));
    }

    [Fact]
    public async Task An_inbox_that_gives_no_answer_is_asked_again()
    {
        Inbox.Script("Pull", ErrorCode.InternalErrror, Page(true, 1));
        Inbox.Script("Acknowledge", ErrorCode.InternalErrror);
        var client = await _bench.LoginAsync();
        await PassAsync(TimeSpan.FromMilliseconds(250));
        Assert.Equal("""{"n":1}""", Text(await client.MessageAsync()));
        await Inbox.NextAsync("Acknowledge");
        await PassAsync(TimeSpan.FromMilliseconds(250));
        Assert.Equal([new(AnnAndBob, 1)], Acknowledged(await Inbox.NextAsync("Acknowledge")));
        Assert.Equal(2, Inbox.CountOf("Pull"));
    }

    /// <summary>A message is pushed, and written.</summary>
    private async Task PushAsync(ImBench.Client client, int n)
    {
        _bench.Gateway.DeliverToUser("ann", n, Push(n));
        Assert.Equal($$"""{"n":{{n}}}""", Text(await client.MessageAsync()));
    }

    /// <summary>A client that is caught up, so that messages are pushed to it.</summary>
    private async Task<ImBench.Client> PushedToAsync()
    {
        Inbox.Pulled = Pulled(Mark());
        var client = await _bench.LoginAsync();
        // What comes while that pull is answered is held, and handed out then.
        await Inbox.NextAsync("Pull");
        return client;
    }

    private async Task PassAsync(TimeSpan pause)
    {
        while (await _bench.Gateway.Clock.NextTimerAsync() != pause)
        {
            // Those of the calls before.
        }

        _bench.Gateway.Clock.Advance(pause);
    }

    /// <summary>Messages that fill the connection, each by itself.</summary>
    private static PulledMessages Page(bool isFinished, params long[] numbers) => new(
        [.. numbers.Select(n => new ConversationMessage(AnnAndBob, Pushed(n, AnnAndBob, bytes: 8 * 1024).Message))],
        numbers.Length == 0 ? [] : [new(AnnAndBob, numbers[^1])], isFinished);

    private static DevicePosition[] Acknowledged(FakeCall call) => [.. ((AcknowledgeRequest)call.Request).Positions];

    private static string Text(string message) => message.TrimEnd();
}
