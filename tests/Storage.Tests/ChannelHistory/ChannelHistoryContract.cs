using System.Text;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Storage.Tests.ChannelHistory;

/// <summary>What every store of kept messages does.</summary>
public abstract class ChannelHistoryContract
{
    protected static readonly HistoryKey Lobby = new(ChannelType.Message, "lobby");

    protected abstract IChannelHistory History { get; }

    [Fact]
    public async Task A_message_reads_back_as_it_was()
    {
        var bytes = Enumerable.Range(0, RtmLimits.MessagePayloadBytesMax).Select(i => (byte)i).ToArray();
        var message = new HistoryMessage(
            new(long.MaxValue, 7), new("ann's id!"), new(MessageType.Binary, bytes, "l\0bel ✓"), 1_700_000_000_123);
        Assert.Equal(message.SentAtUnixMs, await History.AppendAsync(Lobby, message).Guard());
        var read = Assert.Single((await ReadAsync()).Messages);
        Assert.Equal(message with { Payload = read.Payload }, read);
        Assert.Equal((MessageType.Binary, "l\0bel ✓"), (read.Payload.Type, read.Payload.CustomType));
        Assert.Equal(bytes, read.Payload.Bytes.ToArray());
    }

    [Fact]
    public async Task An_empty_payload_without_a_label_reads_back_as_it_was()
    {
        await History.AppendAsync(Lobby, new(new(1, 1), new("ann"), new(MessageType.String, default), 5)).Guard();
        var read = Assert.Single((await ReadAsync()).Messages);
        Assert.Equal((0, (string?)null, MessageType.String), (read.Payload.Bytes.Length, read.Payload.CustomType, read.Payload.Type));
    }

    [Fact]
    public async Task Histories_do_not_touch_each_other()
    {
        HistoryKey[] keys =
            [Lobby, new(ChannelType.User, "lobby"), new(ChannelType.Message, "Lobby"), new(ChannelType.Message, "lobby2")];
        foreach (var key in keys)
            await AppendAsync($"{key.Type} {key.Name}", 10, key: key);
        foreach (var key in keys)
            Assert.Equal([$"{key.Type} {key.Name}"], Texts(await ReadAsync(key: key)));
    }

    [Theory]
    [InlineData(0, 100, new[] { 10, 20, 30 })]
    [InlineData(9, 30, new[] { 10, 20, 30 })]
    [InlineData(10, 30, new[] { 20, 30 })]
    [InlineData(10, 29, new[] { 20 })]
    [InlineData(0, 9, new int[0])]
    [InlineData(30, 100, new int[0])]
    [InlineData(20, 20, new int[0])]
    [InlineData(0, long.MaxValue, new[] { 10, 20, 30 })]
    public async Task The_start_is_exclusive_and_the_end_inclusive(long start, long end, int[] expected)
    {
        foreach (var time in (int[])[10, 20, 30])
            await AppendAsync($"{time}", time);
        var page = await ReadAsync(start, end);
        Assert.Equal(expected.Select(time => $"{time}"), Texts(page));
        Assert.Equal(0, page.NewStart);
    }

    [Fact]
    public async Task A_page_ends_where_the_next_begins_and_the_last_one_says_so()
    {
        await AppendManyAsync(201);
        var first = await ReadAsync();
        Assert.Equal(100, first.Messages.Length);
        Assert.Equal(first.Messages[^1].SentAtUnixMs, first.NewStart);
        var second = await ReadAsync(first.NewStart);
        var third = await ReadAsync(second.NewStart);
        Assert.Equal((100, 1, 0L), (second.Messages.Length, third.Messages.Length, third.NewStart));
        Assert.Equal(
            Enumerable.Range(0, 201).Select(i => $"{i}"), Texts(first).Concat(Texts(second)).Concat(Texts(third)));
    }

    [Fact]
    public async Task A_page_that_is_just_full_is_the_last_when_nothing_follows()
    {
        await AppendManyAsync(100);
        var page = await ReadAsync();
        Assert.Equal((100, 0L), (page.Messages.Length, page.NewStart));
        Assert.Single((await ReadAsync(count: 1)).Messages);
    }

    [Fact]
    public async Task A_page_of_long_messages_ends_early_and_skips_nothing()
    {
        var text = new string('x', RtmLimits.MessagePayloadBytesMax);
        await Task.WhenAll(Enumerable.Range(1, 40).Select(i => AppendAsync(text, i, i)));
        var first = await ReadAsync();
        Assert.Equal((32, 32L), (first.Messages.Length, first.NewStart));
        var second = await ReadAsync(first.NewStart);
        Assert.Equal((8, 0L), (second.Messages.Length, second.NewStart));
    }

    /// <summary>More messages than a page holds came in one millisecond, and the clock went back in between.</summary>
    [Fact]
    public async Task Times_of_one_history_rise_whatever_was_wanted()
    {
        var times = await Task.WhenAll(Enumerable.Range(1, 250).Select(i => AppendAsync($"{i}", 1000, i)));
        Assert.Equal(Enumerable.Range(1000, 250).Select(time => (long)time), times);
        Assert.Equal(1250, await AppendAsync("late", 5, 251));
        Assert.Equal(7, await AppendAsync("elsewhere", 7, key: new(ChannelType.Message, "other")));
        Assert.Equal(2000, await AppendAsync("later", 2000, 252));
        Assert.Equal(
            Enumerable.Range(1, 250).Select(i => $"{i}").Append("late").Append("later"), Texts(await AllAsync()));
    }

    [Fact]
    public async Task An_attempt_that_may_have_been_stored_is_stored_once()
    {
        await AppendAsync("before", 10);
        Assert.Equal(11, await AppendAsync("a", 10, 2)); // It was stored later than it asked for.
        await AppendAsync("after", 12, 3);
        Assert.Equal(11, await AppendAsync("a", 10, 2, mayBeStored: true));
        Assert.Equal(13, await AppendAsync("b", 10, 4, mayBeStored: true));
        Assert.Equal(["before", "a", "after", "b"], Texts(await ReadAsync()));
    }

    /// <summary>An attempt was given up while it waited, and the next one comes before it was begun.</summary>
    [Fact]
    public async Task Two_attempts_that_wait_for_one_transaction_are_stored_once()
    {
        var others = Enumerable.Range(10, 50).Select(i => AppendAsync($"{i}", 1, i)).ToArray();
        var attempts = await Task.WhenAll(
            AppendAsync("a", 5000, 1), AppendAsync("a", 5000, 1, mayBeStored: true), AppendAsync("a", 5000, 1, mayBeStored: true));
        await Task.WhenAll(others);
        Assert.Equal([5000, 5000, 5000], attempts);
        Assert.Single(Texts(await ReadAsync()), "a");
    }

    [Fact]
    public async Task Appends_of_many_at_once_all_arrive_in_the_order_of_their_calls()
    {
        var keys = Enumerable.Range(0, 20).Select(i => new HistoryKey(ChannelType.Message, $"c{i}")).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => AppendAsync($"{i}", 500 + (i / 100), i, key: keys[i % 20])));
        for (var k = 0; k < keys.Length; k++)
            Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{(i * 20) + k}"), Texts(await ReadAsync(key: keys[k])));
    }

    [Fact]
    public async Task What_is_older_is_removed_the_oldest_first_and_so_many_at_most()
    {
        for (var time = 1; time <= 10; time++)
            await AppendAsync($"{time}", time, time, key: new(time % 2 == 0 ? ChannelType.User : ChannelType.Message, "x"));
        Assert.Equal(3, await History.RemoveAsync(8, 3).Guard());
        Assert.Equal(["4", "6", "8", "10"], Texts(await ReadAsync(key: new(ChannelType.User, "x"))));
        Assert.Equal(4, await History.RemoveAsync(8, 5).Guard());
        Assert.Equal(0, await History.RemoveAsync(8, 5).Guard());
        Assert.Equal(["8", "10"], Texts(await ReadAsync(key: new(ChannelType.User, "x"))));
        Assert.Equal(["9"], Texts(await ReadAsync(key: new(ChannelType.Message, "x"))));
    }

    protected static IEnumerable<string> Texts(HistoryPage page) =>
        page.Messages.Select(message => Encoding.UTF8.GetString(message.Payload.Bytes.Span));

    protected Task<long> AppendAsync(
        string text, long time, long number = 1, HistoryKey? key = null, bool mayBeStored = false) =>
        AppendToAsync(History, text, time, number, key, mayBeStored);

    protected static async Task<long> AppendToAsync(
        IChannelHistory history, string text, long time, long number = 1, HistoryKey? key = null, bool mayBeStored = false) =>
        await history.AppendAsync(
            key ?? Lobby,
            new(new(77, number), new("ann"), new(MessageType.String, Encoding.UTF8.GetBytes(text)), time), mayBeStored)
            .Guard();

    protected Task<HistoryPage> ReadAsync(
        long start = 0, long end = long.MaxValue, int count = 100, HistoryKey? key = null) =>
        History.ReadAsync(key ?? Lobby, new(start, end, count)).Guard();

    /// <summary>All pages in one.</summary>
    protected async Task<HistoryPage> AllAsync()
    {
        var all = await ReadAsync();
        while (all.NewStart != 0)
        {
            var next = await ReadAsync(all.NewStart);
            all = new(all.Messages.AddRange(next.Messages), next.NewStart);
        }

        return all;
    }

    private Task<long[]> AppendManyAsync(int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => AppendAsync($"{i}", 1, i)));
}
