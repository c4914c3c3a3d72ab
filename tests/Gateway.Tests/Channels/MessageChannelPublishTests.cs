using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.MessageChannels;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Channels;

/// <summary>Publishing to a message channel: to which activation, in which order, how often.</summary>
public sealed class MessageChannelPublishTests : IDisposable
{
    private static readonly ChannelName Channel = new(Lobby);
    private static readonly string Key = GrainKey.MessageChannel(Channel);

    private readonly GatewayBench _bench = new();

    private FakeMessageChannelGrain Grain => _bench.Grains.MessageChannel(Lobby);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_publish_goes_to_the_grain_as_it_is()
    {
        var ann = await _bench.ConnectAsync();

        var published = await _bench.MessageChannels.PublishAsync(ann, Channel, Text("hi"), "key").Guard();

        Assert.Equal(new(new(1, 1), 1), published.Value);
        var request = Assert.Single(Grain.Requests<PublishMessageRequest>());
        Assert.Equal(
            (1L, ann.Id, new UserId("ann"), "key"),
            (request.Epoch, request.Session, request.Publisher, request.IdempotencyKey));
        Assert.Null(_bench.Routes.Find(Key));
    }

    [Fact]
    public async Task Publishes_are_numbered_in_their_order_and_the_epoch_is_asked_for_once()
    {
        var (ann, bob) = (await _bench.ConnectAsync("ann"), await _bench.ConnectAsync("bob"));
        for (var i = 0; i < 3; i++)
            AssertAccepted(await PublishAsync(ann));
        AssertAccepted(await PublishAsync(bob));

        var numbers = Grain.Requests<PublishMessageRequest>().Select(request => request.Number).ToArray();
        Assert.Equal(4, numbers.Length);
        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal(numbers.Distinct(), numbers);
        Assert.Equal(1, Grain.CountOf("GetEpoch"));
    }

    [Fact]
    public async Task Who_is_subscribed_need_not_ask_for_the_epoch()
    {
        var ann = await SubscribedAsync();

        AssertAccepted(await PublishAsync(ann));

        Assert.Equal(0, Grain.CountOf("GetEpoch"));
    }

    /// <summary>Nothing was published, so it is safe to try again, under another number and with the new activation.</summary>
    [Fact]
    public async Task A_publish_that_the_next_activation_turns_away_is_repeated_there()
    {
        var ann = await _bench.ConnectAsync();
        AssertAccepted(await PublishAsync(ann));
        Grain.Epoch = 2;
        Grain.Script("Publish", ErrorCode.RouteStale);

        var published = await PublishAsync(ann);

        Assert.Equal(2, published.Value.Position.Epoch);
        var requests = Grain.Requests<PublishMessageRequest>();
        Assert.Equal([1L, 1L, 2L], requests.Select(request => request.Epoch));
        Assert.True(requests[2].Number > requests[1].Number);
    }

    [Fact]
    public async Task Subscribers_are_registered_with_the_activation_that_a_publish_has_found()
    {
        var ann = await SubscribedAsync();
        Grain.Epoch = 2;
        Grain.Script("Publish", ErrorCode.RouteStale);

        AssertAccepted(await PublishAsync(ann));
        await _bench.NextSettledAsync();

        Assert.Equal(2, _bench.Routes.Find(Key)!.Epoch);
    }

    [Fact]
    public async Task A_publish_that_is_turned_away_again_and_again_was_not_published()
    {
        var ann = await _bench.ConnectAsync();
        Grain.Script("Publish", ErrorCode.RouteStale, ErrorCode.RouteStale, ErrorCode.RouteStale);

        AssertRefused(ErrorCode.ChannelNotAvailable, await PublishAsync(ann));

        Assert.Equal((3, 3), (Grain.CountOf("Publish"), Grain.CountOf("GetEpoch")));
    }

    [Fact]
    public async Task A_publish_to_a_channel_that_cannot_be_asked_was_not_published()
    {
        var ann = await _bench.ConnectAsync();
        Grain.Script("GetEpoch", new TimeoutException());

        AssertRefused(ErrorCode.ChannelNotAvailable, await PublishAsync(ann));

        Assert.Equal(0, Grain.CountOf("Publish"));
    }

    [Theory]
    [InlineData("GetEpoch", ErrorCode.ChannelNotAvailable)]
    [InlineData("Publish", ErrorCode.ChannelPublishMessageTimeout)]
    public async Task A_publish_is_answered_in_time_though_the_channel_is_silent(string silent, ErrorCode answer)
    {
        var ann = await _bench.ConnectAsync();
        Grain.Hold(silent);
        var publishing = PublishAsync(ann);
        await Grain.NextAsync(silent);

        _bench.Clock.Advance(TimeSpan.FromSeconds(4.5));

        AssertRefused(answer, await publishing);
    }

    [Fact]
    public async Task A_publish_whose_outcome_is_unknown_is_not_repeated()
    {
        var ann = await _bench.ConnectAsync();
        Grain.Script("Publish", new TimeoutException());

        var published = await PublishAsync(ann, "key");

        AssertRefused(ErrorCode.ChannelPublishMessageTimeout, published);
        Assert.Equal(1, Grain.CountOf("Publish"));
    }

    private async Task<Session> SubscribedAsync()
    {
        var session = await _bench.ConnectAsync();
        AssertAccepted(await _bench.MessageChannels.SubscribeAsync(session, Channel, ChannelFeeds.Messages, null).Guard());
        return session;
    }

    private Task<Outcome<MessagePublished>> PublishAsync(Session session, string? key = null) =>
        _bench.MessageChannels.PublishAsync(session, Channel, Text("hi"), key).Guard();
}
