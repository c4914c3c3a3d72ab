using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.MessageChannels;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Channels;

/// <summary>Messages that go to clients together: when, to whom, and which (row C8).</summary>
public sealed class MessageChannelPackTests : IDisposable
{
    private static readonly ChannelName Channel = new(Lobby);
    private static readonly string Key = GrainKey.MessageChannel(Channel);

    private readonly GatewayBench _bench = new();
    private long _batch;
    private long _offset;

    private FakeMessageChannelGrain Grain => _bench.Grains.MessageChannel(Lobby);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Twenty_messages_go_at_once_and_fewer_a_second_after_the_first()
    {
        var ann = await EnterAsync("ann");
        Say(19);
        Assert.Empty(Packs(ann));
        Say(1);
        Assert.Equal(["1-20"], Packs(ann));

        Say(1);
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Say(1);
        Assert.Single(Packs(ann));
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["1-20", "21-22"], Packs(ann));
        _bench.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, Packs(ann).Count);
    }

    /// <summary>The time of a pack that went because it was full must not be that of the next.</summary>
    [Fact]
    public async Task Each_pack_has_a_second_of_its_own()
    {
        var ann = await EnterAsync("ann");
        Say(1);
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(900));
        Say(20);
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(["1-20"], Packs(ann));
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["1-20", "21"], Packs(ann));
    }

    [Fact]
    public async Task Long_messages_do_not_wait_for_twenty()
    {
        var ann = await EnterAsync("ann");
        var text = new string('x', 32 * 1024);
        Deliver(New(text: text));
        Assert.Empty(Packs(ann));
        Deliver(New(text: text));
        Assert.Equal(["1-2"], Packs(ann));
    }

    [Fact]
    public async Task An_important_message_overtakes_what_waits()
    {
        var ann = await EnterAsync("ann");
        Say(2);
        Deliver(New(MessageLevel.Important));
        Assert.Equal(["3"], Packs(ann));
        Say(1);
        _bench.Clock.Advance(ChannelPack.Delay);
        Assert.Equal(["3", "1-2,4"], Packs(ann));
    }

    [Fact]
    public async Task Who_comes_in_between_gets_what_came_after_it_and_nothing_before()
    {
        var ann = await EnterAsync("ann");
        Say(3);
        var bob = await EnterAsync("bob");
        Say(2);
        var cat = await EnterAsync("cat");
        Assert.Equal(3, Say(1));
        var dan = await EnterAsync("dan");
        _bench.Clock.Advance(ChannelPack.Delay);

        Assert.Equal(["1-6"], Packs(ann));
        Assert.Equal(["4-6"], Packs(bob));
        Assert.Equal(["6"], Packs(cat));
        Assert.Empty(Packs(dan));
    }

    [Fact]
    public async Task One_event_serves_all_who_get_the_same()
    {
        var clients = new List<FakeConnection>();
        for (var i = 0; i < 5; i++)
            clients.Add(await EnterAsync($"user-{i}"));
        Say(ChannelPack.MessagesMax);
        var packs = clients.Select(client => client.Events.OfType<ChannelPackEvent>().Single()).ToArray();
        Assert.All(packs, pack => Assert.Same(packs[0], pack));
    }

    /// <summary>What came before the answer to the subscription waits with the others, or went without them.</summary>
    [Fact]
    public async Task What_comes_while_somebody_enters_comes_once()
    {
        var ann = await EnterAsync("ann");
        Say(1);
        var bob = new FakeConnection();
        var session = await ConnectAsync("bob", bob);
        _bench.Grains.User("bob").Hold("SubscribeChannel");
        var subscribing = _bench.MessageChannels.SubscribeAsync(session, Channel, ChannelFeeds.Messages, null);
        var call = await _bench.Grains.User("bob").NextAsync("SubscribeChannel");
        Say(18); // Up to 19, which the answer has seen; they wait.
        var answer = Grain.Subscribed();
        Say(1); // The twentieth takes them along.
        Say(2); // Those wait.
        Deliver(New(MessageLevel.Important));
        call.Reply(answer);
        AssertAccepted(await subscribing.Guard());
        _bench.Clock.Advance(ChannelPack.Delay);

        Assert.Equal(["1-20", "23", "21-22"], Packs(ann));
        Assert.Equal(["20", "23", "21-22"], Packs(bob));
    }

    [Fact]
    public async Task Who_leaves_gets_nothing_more()
    {
        var ann = await EnterAsync("ann");
        var bob = new FakeConnection();
        var session = await ConnectAsync("bob", bob);
        AssertAccepted(await SubscribeAsync(session));
        Say(1);
        AssertAccepted(await _bench.MessageChannels.UnsubscribeAsync(session, Channel).Guard());
        _bench.Clock.Advance(ChannelPack.Delay);
        Assert.Equal(["1"], Packs(ann));
        Assert.Empty(Packs(bob));
    }

    [Fact]
    public async Task Others_at_the_same_gateway_get_each_message_at_once()
    {
        var ann = await EnterAsync("ann");
        var hub = new FakeConnection();
        var session = await _bench.ConnectAsync("bob", hub);
        AssertAccepted(await SubscribeAsync(session));
        Assert.Equal(2, Say(1));
        Assert.Equal(["m1"], Told(hub).Skip(1));
        Assert.Empty(Packs(ann));
    }

    /// <summary>Another activation numbers anew: what waits goes before its first message.</summary>
    [Fact]
    public async Task What_waits_goes_when_the_channel_moves()
    {
        var ann = await EnterAsync("ann");
        Say(3);
        Grain.Epoch++;
        (_batch, _offset, Grain.Position, Grain.Offset) = (0, 0, 0, 0);
        _bench.Registrar.Invalidate(_bench.Routes.Find(Key)!);
        await _bench.NextSettledAsync();
        Assert.Equal(["1-3"], Packs(ann));

        Say(1);
        _bench.Clock.Advance(ChannelPack.Delay);
        Assert.Equal(["1-3", "1"], Packs(ann));
    }

    /// <summary>A user's message is none of a channel: a room has no form for it, so its sender must not think it arrived.</summary>
    [Fact]
    public async Task A_message_to_a_user_who_is_only_in_a_room_reaches_nobody()
    {
        await EnterAsync("ann");
        AssertReached(_bench.DeliverToUser("ann", 1, new Grains.Abstractions.Users.UserMessage(1, new("bob"), Text("hi"), 1)), 0);
    }

    private static IReadOnlyList<string> Packs(FakeConnection connection) =>
        [.. connection.Events.OfType<ChannelPackEvent>().Select(pack => Ranges(pack.Messages.Select(m => m.Message.Offset)))];

    private static string Ranges(IEnumerable<long> offsets)
    {
        var ranges = new List<(long From, long To)>();
        foreach (var offset in offsets)
            if (ranges.Count > 0 && ranges[^1].To == offset - 1)
                ranges[^1] = (ranges[^1].From, offset);
            else
                ranges.Add((offset, offset));
        return string.Join(",", ranges.Select(range => range.From == range.To ? $"{range.From}" : $"{range.From}-{range.To}"));
    }

    private async Task<FakeConnection> EnterAsync(string user)
    {
        var connection = new FakeConnection();
        AssertAccepted(await SubscribeAsync(await ConnectAsync(user, connection)));
        return connection;
    }

    private Task<Session> ConnectAsync(string user, FakeConnection connection) =>
        _bench.ConnectAsync(user, connection, wishes: new() { Class = DeviceClass.Room });

    private async Task<Domain.Errors.Outcome<Gateway.Channels.SubscribedChannel>> SubscribeAsync(Session session) =>
        await _bench.MessageChannels.SubscribeAsync(session, Channel, ChannelFeeds.Messages, null).Guard();

    /// <summary>The channel delivers so many messages, one by one; to how many the last one goes.</summary>
    private int Say(int count)
    {
        var reached = 0;
        for (var i = 0; i < count; i++)
            reached = Deliver(New());
        return reached;
    }

    private ChannelMessage New(MessageLevel level = MessageLevel.Normal, string? text = null)
    {
        var offset = ++_offset;
        (Grain.Position, Grain.Offset) = (offset, offset);
        return new(offset, offset, new("pub"), Text(text ?? $"m{offset}"), 1000 + offset) { Level = level };
    }

    private int Deliver(ChannelMessage message) =>
        _bench.Deliver(Key, Grain.Epoch, ++_batch, message).Reached.Single();
}
