using ImOrleans.Domain.Delivery;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Domain.Tests.Delivery;

public sealed class PriorityBufferTests
{
    private readonly List<string> _dropped = [];

    [Fact]
    public void Items_leave_in_the_order_in_which_they_came_whatever_their_priority()
    {
        var buffer = Buffer(10, 100);
        buffer.Add("low", 1, MessagePriority.Low);
        buffer.TryAddRequired("required", 2, out _);
        buffer.Add("highest", 3, MessagePriority.Highest);
        buffer.Add("normal", 4, MessagePriority.Normal);
        Assert.Equal([("low", 1), ("required", 2), ("highest", 3), ("normal", 4)], TakeAll(buffer));
        Assert.Empty(_dropped);
    }

    [Fact]
    public void What_nobody_wants_any_more_is_taken_out_and_the_rest_keeps_its_order_and_size()
    {
        var buffer = Buffer(4, 10);
        buffer.Add("low", 1, MessagePriority.Low);
        buffer.TryAddRequired("a", 2, out _);
        buffer.TryAddRequired("x", 5, out _);
        buffer.TryAddRequired("b", 2, out _);
        buffer.RemoveAll(item => item is "x" or "low");
        Assert.Equal((2, 4), (buffer.Count, buffer.Bytes));
        Assert.True(buffer.TryAddRequired("c", 6, out _));
        Assert.Equal([("a", 2), ("b", 2), ("c", 6)], TakeAll(buffer));
        Assert.Empty(_dropped);
    }

    [Fact]
    public void What_can_never_fit_goes_alone()
    {
        var buffer = Buffer(10, 100);
        buffer.Add("low", 100, MessagePriority.Low);
        Assert.Equal(1, buffer.Add("too large", 101, MessagePriority.Highest));
        Assert.Equal(["too large"], _dropped);
        Assert.Equal([("low", 100)], TakeAll(buffer));
    }

    [Fact]
    public void The_least_urgent_goes_first_and_the_oldest_of_those()
    {
        var buffer = Buffer(4, 100);
        buffer.Add("low 1", 1, MessagePriority.Low);
        buffer.Add("high", 1, MessagePriority.High);
        buffer.Add("low 2", 1, MessagePriority.Low);
        buffer.Add("normal", 1, MessagePriority.Normal);
        foreach (var item in new[] { "a", "b", "c" })
            Assert.Equal(1, buffer.Add(item, 1, MessagePriority.Highest));
        Assert.Equal(["low 1", "low 2", "normal"], _dropped);
        Assert.Equal(["high", "a", "b", "c"], TakeAll(buffer).Select(taken => taken.Item));
    }

    [Fact]
    public void A_newcomer_that_is_the_least_urgent_goes_itself()
    {
        var buffer = Buffer(2, 100);
        buffer.Add("high", 1, MessagePriority.High);
        buffer.Add("normal", 1, MessagePriority.Normal);
        Assert.Equal(1, buffer.Add("low", 1, MessagePriority.Low));
        Assert.Equal(["low"], _dropped);
        Assert.Equal(2, buffer.Count);
    }

    [Fact]
    public void As_many_items_as_the_bound_says_fit_and_not_one_more()
    {
        var buffer = Buffer(3, 100);
        for (var i = 0; i < 3; i++)
            Assert.Equal(0, buffer.Add($"{i}", 0, MessagePriority.Normal));
        Assert.Equal(1, buffer.Add("3", 0, MessagePriority.Normal));
        Assert.Equal(3, buffer.Count);
        Assert.Equal(["0"], _dropped);
    }

    [Fact]
    public void As_many_bytes_as_the_bound_says_fit_and_not_one_more()
    {
        var buffer = Buffer(100, 10);
        Assert.Equal(0, buffer.Add("first", 4, MessagePriority.Normal));
        Assert.Equal(0, buffer.Add("second", 6, MessagePriority.Normal));
        Assert.Equal(10, buffer.Bytes);
        Assert.Equal(1, buffer.Add("third", 1, MessagePriority.Normal));
        Assert.Equal(7, buffer.Bytes);
        Assert.Equal(["first"], _dropped);
    }

    [Fact]
    public void A_large_item_makes_as_many_go_as_it_needs()
    {
        var buffer = Buffer(100, 10);
        for (var i = 0; i < 5; i++)
            buffer.Add($"{i}", 2, MessagePriority.Normal);
        Assert.Equal(3, buffer.Add("large", 6, MessagePriority.Normal));
        Assert.Equal(["0", "1", "2"], _dropped);
        Assert.Equal(["3", "4", "large"], TakeAll(buffer).Select(taken => taken.Item));
    }

    [Fact]
    public void A_required_item_is_never_dropped_and_makes_all_others_go_before_it_is_refused()
    {
        var buffer = Buffer(2, 100);
        buffer.Add("highest", 1, MessagePriority.Highest);
        Assert.True(buffer.TryAddRequired("required 1", 1, out var dropped));
        Assert.Equal(0, dropped);
        Assert.True(buffer.TryAddRequired("required 2", 1, out dropped));
        Assert.Equal(1, dropped);
        Assert.False(buffer.TryAddRequired("required 3", 1, out dropped));
        Assert.Equal(0, dropped);
        Assert.Equal(["highest"], _dropped);
    }

    [Fact]
    public void A_required_item_may_fill_the_last_byte()
    {
        var buffer = Buffer(100, 10);
        Assert.True(buffer.TryAddRequired("fits", 10, out _));
        Assert.False(buffer.TryAddRequired("too much", 1, out _));
    }

    [Fact]
    public void Nothing_can_be_taken_from_an_empty_one()
    {
        var buffer = Buffer(2, 2);
        Assert.False(buffer.TryTake(out _, out var bytes));
        Assert.Equal(0, bytes);
        buffer.Add("a", 1, MessagePriority.Low);
        Assert.True(buffer.TryTake(out _, out _));
        Assert.False(buffer.TryTake(out _, out _));
        Assert.Equal((0, 0L), (buffer.Count, buffer.Bytes));
    }

    /// <summary>Compares with a list that is searched from its start; the seed names a failure.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Does_what_a_plain_list_does(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var (countMax, bytesMax) = (random.Next(1, 9), random.Next(1, 40));
            _dropped.Clear();
            var buffer = Buffer(countMax, bytesMax);
            var model = new ListModel(countMax, bytesMax);
            for (var step = 0; step < 60; step++)
                Step(random, buffer, model, $"{step}");
            Assert.Equal(model.Dropped, _dropped);
        }
    }

    private static void Step(Random random, PriorityBuffer<string> buffer, ListModel model, string item)
    {
        var bytes = random.Next(0, 12);
        switch (random.Next(6))
        {
            case < 3:
                var priority = (MessagePriority)random.Next(4);
                Assert.Equal(model.Add(item, bytes, (int)priority), buffer.Add(item, bytes, priority));
                break;
            case 3:
                var (isAdded, count) = model.AddRequired(item, bytes);
                Assert.Equal(isAdded, buffer.TryAddRequired(item, bytes, out var dropped));
                Assert.Equal(count, dropped);
                break;
            default:
                var expected = model.Take();
                Assert.Equal(expected is not null, buffer.TryTake(out var taken, out var size));
                Assert.Equal(expected, expected is null ? null : (taken, size));
                break;
        }

        Assert.Equal((model.Count, model.Bytes), (buffer.Count, buffer.Bytes));
    }

    private PriorityBuffer<string> Buffer(int countMax, long bytesMax) => new(countMax, bytesMax, _dropped.Add);

    private static List<(string Item, int Bytes)> TakeAll(PriorityBuffer<string> buffer)
    {
        var taken = new List<(string, int)>();
        while (buffer.TryTake(out var item, out var bytes))
            taken.Add((item, bytes));
        return taken;
    }

    /// <summary>The same rules, in the plainest form.</summary>
    private sealed class ListModel(int countMax, long bytesMax)
    {
        private const int Required = -1;

        private readonly List<(string Item, int Bytes, int Priority)> _items = [];

        public List<string> Dropped { get; } = [];

        public int Count => _items.Count;

        public long Bytes => _items.Sum(item => (long)item.Bytes);

        private bool IsOverfull => Count > countMax || Bytes > bytesMax;

        public int Add(string item, int bytes, int priority)
        {
            if (bytes > bytesMax)
            {
                Dropped.Add(item);
                return 1;
            }

            _items.Add((item, bytes, priority));
            return MakeRoom();
        }

        public (bool IsAdded, int Dropped) AddRequired(string item, int bytes)
        {
            _items.Add((item, bytes, Required));
            var dropped = MakeRoom();
            return (!IsOverfull, dropped);
        }

        public (string Item, int Bytes)? Take()
        {
            if (_items.Count == 0)
                return null;
            var (item, bytes, _) = _items[0];
            _items.RemoveAt(0);
            return (item, bytes);
        }

        private int MakeRoom()
        {
            var dropped = 0;
            while (IsOverfull && _items.Exists(item => item.Priority != Required))
            {
                var victim = _items.MaxBy(item => item.Priority); // The first of the largest.
                _items.Remove(victim);
                Dropped.Add(victim.Item);
                dropped++;
            }

            return dropped;
        }
    }
}
