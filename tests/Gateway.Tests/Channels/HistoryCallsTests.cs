using ImOrleans.Domain.History;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.MessageChannels;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Channels;

/// <summary>Messages that are to be kept, and those that were.</summary>
public sealed class HistoryCallsTests : IDisposable
{
    private static readonly ChannelName Channel = new(Lobby);
    private static readonly HistoryKey Kept = HistoryKey.Of(Channel);
    private static readonly HistoryQuery Query = new(3, 9, 7);

    private readonly GatewayBench _bench = new();

    private FakeMessageChannelGrain Grain => _bench.Grains.MessageChannel(Lobby);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_publish_that_is_to_be_kept_goes_the_way_that_waits_for_the_store_and_no_other()
    {
        var ann = await _bench.ConnectAsync();

        AssertAccepted(await _bench.MessageChannels.PublishAsync(ann, Channel, Text("hi"), "key", isKept: true).Guard());
        AssertAccepted(await _bench.MessageChannels.PublishAsync(ann, Channel, Text("hi"), null).Guard());
        Assert.False((await _bench.Users.SendAsync(ann, new("bob"), Text("hi"), isKept: true).Guard()).Value!.IsDelivered);

        Assert.Equal((1, 1), (Grain.CountOf("PublishStored"), Grain.CountOf("Publish")));
        Assert.Equal("key", Grain.Requests<PublishMessageRequest>()[0].IdempotencyKey);
        Assert.Equal((1, 0), (_bench.Grains.User("bob").CountOf("SendStored"), _bench.Grains.User("bob").CountOf("Send")));
    }

    [Fact]
    public async Task A_query_goes_to_the_channel_without_a_subscription()
    {
        var ann = await _bench.ConnectAsync();
        Grain.Page = new([new(new(1, 1), new("bob"), Text("hi"), 5)], 5);

        var page = await _bench.History.GetAsync(ann, Kept, Query).Guard();

        Assert.Same(Grain.Page, page.Value);
        Assert.Equal(Query, Assert.Single(Grain.Requests<HistoryQuery>()));
        Assert.Equal(0, Grain.CountOf("GetEpoch"));
    }

    [Fact]
    public async Task Messages_to_users_are_their_receivers_alone()
    {
        var ann = await _bench.ConnectAsync();

        AssertAccepted(await _bench.History.GetAsync(ann, HistoryKey.Of(new UserId("ann")), Query).Guard());
        AssertRefused(
            ErrorCode.HistoryOperationNotPermitted,
            await _bench.History.GetAsync(ann, HistoryKey.Of(new UserId("bob")), Query).Guard());

        Assert.Equal((1, 0), (_bench.Grains.User("ann").CountOf("GetMessages"), _bench.Grains.User("bob").CountOf("GetMessages")));
    }

    [Fact]
    public async Task A_query_waits_for_what_was_published_before_it()
    {
        var ann = await _bench.ConnectAsync();
        Grain.Hold("PublishStored");
        var publishing = _bench.MessageChannels.PublishAsync(ann, Channel, Text("hi"), null, isKept: true);
        var call = await Grain.NextAsync("PublishStored");

        var reading = _bench.History.GetAsync(ann, Kept, Query);
        Assert.Equal(0, Grain.CountOf("GetMessages"));
        call.Reply(new MessagePublished(new(1, 1), 1));

        AssertAccepted(await publishing.Guard());
        AssertAccepted(await reading.Guard());
    }

    [Fact]
    public async Task A_query_is_answered_in_time_though_the_channel_is_silent_or_lost()
    {
        var ann = await _bench.ConnectAsync();
        Grain.Script("GetMessages", new IOException("lost"), ErrorCode.HistoryNotAvailable);
        AssertRefused(ErrorCode.HistoryOperationFailed, await _bench.History.GetAsync(ann, Kept, Query).Guard());
        AssertRefused(ErrorCode.HistoryNotAvailable, await _bench.History.GetAsync(ann, Kept, Query).Guard());

        Grain.Hold("GetMessages");
        var reading = _bench.History.GetAsync(ann, Kept, Query);
        await Grain.NextAsync("GetMessages");
        _bench.Clock.Advance(TimeSpan.FromSeconds(4.5));

        AssertRefused(ErrorCode.HistoryOperationTimeout, await reading.Guard());
    }
}
