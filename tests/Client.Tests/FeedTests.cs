using ImOrleans.Client.Tests.Fakes;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests;

public sealed class FeedTests
{
    [Fact]
    public async Task Items_come_in_order_whether_they_were_there_before_the_reader_or_not()
    {
        var feed = new Feed<ServerDroppedMessages>(8);
        feed.Post(new(1));
        var reader = new FeedReader<ServerDroppedMessages>(feed);
        Assert.Equal(1, (await reader.NextAsync()).Count);
        var waiting = reader.NextAsync();
        feed.Post(new(2));
        Assert.Equal(2, (await waiting).Count);
    }

    [Fact]
    public async Task At_the_bound_the_oldest_go_and_the_next_item_tells_how_many()
    {
        var feed = new Feed<ServerDroppedMessages>(3);
        for (var i = 1; i <= 3; i++)
            feed.Post(new(i));
        Assert.Equal(0, feed.Dropped);
        feed.Post(new(4));
        feed.Post(new(5));

        Assert.Equal((3, 2), (feed.Count, feed.Dropped));
        var reader = new FeedReader<ServerDroppedMessages>(feed);
        Assert.Equal(new(3) { DroppedBefore = 2 }, await reader.NextAsync());
        Assert.Equal(new(4), await reader.NextAsync());
        Assert.Equal(new(5), await reader.NextAsync());
    }

    [Fact]
    public async Task There_is_one_reader_at_a_time_and_a_later_one_goes_on()
    {
        var feed = new Feed<ServerDroppedMessages>(3);
        feed.Post(new(1));
        feed.Post(new(2));
        await using (var first = feed.GetAsyncEnumerator())
        {
            Assert.Throws<InvalidOperationException>(() => feed.GetAsyncEnumerator());
            Assert.True(await first.MoveNextAsync());
        }

        var second = feed.GetAsyncEnumerator();
        Assert.True(await second.MoveNextAsync());
        Assert.Equal(2, second.Current.Count);
    }

    [Fact]
    public async Task What_is_left_comes_before_the_end_and_before_the_failure()
    {
        var ended = new Feed<ServerDroppedMessages>(3);
        ended.Post(new(1));
        ended.Complete();
        ended.Post(new(2));
        var reader = new FeedReader<ServerDroppedMessages>(ended);
        Assert.Equal(1, (await reader.NextAsync()).Count);
        Assert.True(await reader.HasEndedAsync());

        var failed = new Feed<ServerDroppedMessages>(3);
        failed.Post(new(1));
        failed.Complete(RtmException.Of(11001, "gone"));
        reader = new(failed);
        Assert.Equal(1, (await reader.NextAsync()).Count);
        Assert.Equal(11001, (await Assert.ThrowsAsync<RtmException>(reader.NextAsync)).Code);
    }

    [Fact]
    public async Task A_reader_that_waits_can_be_cancelled_and_loses_nothing()
    {
        var feed = new Feed<ServerDroppedMessages>(3);
        using var stop = new CancellationTokenSource();
        await using (var first = feed.GetAsyncEnumerator(stop.Token))
        {
            var waiting = first.MoveNextAsync().AsTask();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Guard());
        }

        feed.Post(new(1));
        Assert.Equal(1, (await new FeedReader<ServerDroppedMessages>(feed).NextAsync()).Count);
    }
}
