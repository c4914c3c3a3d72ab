using ImOrleans.Client.Tests.Fakes;

namespace ImOrleans.Client.Tests.Server;

/// <summary>Message channels against a real server.</summary>
public sealed class MessageChannelFlowTests(RealServer server) : IClassFixture<RealServer>
{
    [Fact]
    public async Task Messages_reach_who_is_subscribed_and_who_comes_later_with_a_place_gets_them_too()
    {
        await using var alice = await server.ConnectAsync("mc-alice");
        await using var bob = await server.ConnectAsync("mc-bob");
        var his = await bob.SubscribeChannelAsync("mc");
        var start = his.Position;
        var feed = new FeedReader<ChannelMessage>(his.Messages);

        byte[] everyByte = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var first = await alice.PublishToChannelAsync("mc", everyByte, new() { CustomType = "ct", IdempotencyKey = "k" });
        Assert.Equal(first, await alice.PublishToChannelAsync("mc", everyByte, new() { IdempotencyKey = "k" }));
        var second = await alice.PublishToChannelAsync("mc", "héllo");

        Assert.Equal(
            new("mc", "mc-alice", everyByte, "ct", first.SentAt, first.Position), await feed.NextAsync());
        Assert.Equal(
            new("mc", "mc-alice", "héllo", null, second.SentAt, second.Position), await feed.NextAsync());
        Assert.Equal(second.Position, his.Position);

        var hers = await alice.SubscribeChannelAsync("mc", new() { Since = start });
        var replayed = new FeedReader<ChannelMessage>(hers.Messages);
        Assert.Equal((Payload)everyByte, (await replayed.NextAsync()).Payload);
        Assert.Equal("héllo", (await replayed.NextAsync()).Payload.Text);
        await bob.PublishToChannelAsync("mc", "live");
        Assert.Equal("live", (await replayed.NextAsync()).Payload.Text);

        await his.UnsubscribeAsync();
        Assert.Equal("live", (await feed.NextAsync()).Payload.Text);
        Assert.True(await feed.HasEndedAsync());
    }

    [Fact]
    public async Task After_a_restart_of_the_server_the_subscription_is_back_and_the_gap_is_told()
    {
        await using var listener = await server.ConnectAsync("mc-again");
        var channel = await listener.SubscribeChannelAsync("again");
        var feed = new FeedReader<ChannelMessage>(channel.Messages);
        await listener.PublishToChannelAsync("again", "before");
        Assert.False((await feed.NextAsync()).GapBefore);
        var events = new FeedReader<ClientEvent>(listener.Events);

        server.Kill();
        await RealServer.StateAsync(events, ConnectionState.Reconnecting);
        await server.RestartAsync();
        await events.NextAsync<MessagesMissed>();
        await listener.PublishToChannelAsync("again", "after");

        var after = await feed.NextAsync();
        Assert.Equal(("after", true), (after.Payload.Text, after.GapBefore));
    }
}
