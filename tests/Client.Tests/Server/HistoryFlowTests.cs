using ImOrleans.Client.Tests.Fakes;

namespace ImOrleans.Client.Tests.Server;

/// <summary>Messages that are kept, against a real server.</summary>
public sealed class HistoryFlowTests(RealServer server) : IClassFixture<RealServer>
{
    private static readonly PublishOptions Kept = new() { StoreInHistory = true, CustomType = "ct" };

    [Fact]
    public async Task What_was_kept_reads_as_it_was_told()
    {
        await using var alice = await server.ConnectAsync("h-alice");
        await using var bob = await server.ConnectAsync("h-bob");
        var told = new FeedReader<ChannelMessage>((await bob.SubscribeChannelAsync("h")).Messages);
        var first = await alice.PublishToChannelAsync("h", "héllo", Kept);
        await alice.PublishToChannelAsync("h", "passing");
        await alice.PublishToChannelAsync("h", new byte[] { 0, 255 }, Kept);
        var heard = new[] { await told.NextAsync(), await told.NextAsync(), await told.NextAsync() };

        var all = new List<ChannelMessage>();
        await foreach (var message in bob.History.AllChannelMessagesAsync("h", new() { PageSize = 1 }))
            all.Add(message);

        Assert.Equal([heard[0], heard[2]], all);
        var rest = await bob.History.GetChannelMessagesAsync("h", new() { After = first.SentAt });
        Assert.Equal([heard[2]], rest.Messages);
        Assert.Null(rest.NextAfter);
        var upTo = await bob.History.GetChannelMessagesAsync("h", new() { UpTo = first.SentAt });
        Assert.Equal([heard[0]], upTo.Messages);
    }

    [Fact]
    public async Task A_page_of_long_messages_comes_through_and_ends_early()
    {
        await using var alice = await server.ConnectAsync("h-long");
        var text = new string('"', 32 * 1024);
        for (var i = 0; i < 33; i++)
            await alice.PublishToChannelAsync("long", text, Kept);

        var page = await alice.History.GetChannelMessagesAsync("long");

        Assert.Equal(32, page.Messages.Count);
        Assert.Equal(page.Messages[^1].SentAt, page.NextAfter);
        Assert.All(page.Messages, message => Assert.Equal(text, message.Payload.Text));
    }

    [Fact]
    public async Task Who_was_away_reads_what_was_kept_for_it_and_nobody_else_does()
    {
        await using var alice = await server.ConnectAsync("h-sender");
        var sentAt = await alice.PublishToUserAsync("h-away", "for you", Kept);
        await using var away = await server.ConnectAsync("h-away");

        var message = Assert.Single((await away.History.GetUserMessagesAsync("h-away")).Messages);
        Assert.Equal(new("h-sender", "h-away", "for you", "ct", sentAt), message);
        await foreach (var one in away.History.AllUserMessagesAsync("h-away"))
            Assert.Equal(message, one);
        var refused = await Assert.ThrowsAsync<RtmException>(() => alice.History.GetUserMessagesAsync("h-away"));
        Assert.Equal(RtmErrorCodes.HistoryNotPermitted, refused.Code);
    }
}
