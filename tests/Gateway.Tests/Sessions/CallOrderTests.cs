using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Tests.Sessions;

public sealed class CallOrderTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly CallOrder _order;
    private readonly List<string> _log = [];

    public CallOrderTests() => _order = new(_clock);

    [Fact]
    public async Task Calls_for_one_topic_run_one_after_the_other()
    {
        var first = new Step(this, "first");
        var second = new Step(this, "second");
        var calls = Task.WhenAll(OnTopic("news", first), OnTopic("news", second));
        await first.Started.Guard();
        Assert.False(second.Started.IsCompleted);
        first.End();
        await second.Started.Guard();
        second.End();
        await calls.Guard();
        Assert.Equal(["+first", "-first", "+second", "-second"], _log);
    }

    [Fact]
    public async Task Calls_for_different_topics_run_at_the_same_time()
    {
        var news = new Step(this, "news");
        var chat = new Step(this, "chat");
        var calls = Task.WhenAll(OnTopic("news", news), OnTopic("chat", chat));
        await Task.WhenAll(news.Started, chat.Started).Guard();
        news.End();
        chat.End();
        await calls.Guard();
    }

    [Fact]
    public async Task A_call_for_the_channel_waits_for_all_of_its_topics_and_they_wait_for_it()
    {
        var news = new Step(this, "news");
        var chat = new Step(this, "chat");
        var channel = new Step(this, "channel");
        var later = new Step(this, "later");
        var calls = Task.WhenAll(
            OnTopic("news", news), OnTopic("chat", chat), OnChannel(channel), OnTopic("news", later));
        await Task.WhenAll(news.Started, chat.Started).Guard();
        news.End();
        Assert.False(channel.Started.IsCompleted);
        chat.End();
        await channel.Started.Guard();
        Assert.False(later.Started.IsCompleted);
        channel.End();
        await later.Started.Guard();
        later.End();
        await calls.Guard();
    }

    [Fact]
    public async Task Metadata_and_locks_of_a_channel_wait_for_the_channel_and_not_for_its_topics()
    {
        var news = new Step(this, "news");
        var data = new Step(this, "data");
        var channel = new Step(this, "channel");
        var others = new[] { new Step(this, "message"), new Step(this, "user") };
        var later = new Step(this, "later");
        var calls = Task.WhenAll(
            OnTopic("news", news), OnData(ChannelType.Stream, data), OnChannel(channel), OnData(ChannelType.Stream, later),
            OnData(ChannelType.Message, others[0]), OnData(ChannelType.User, others[1]));
        await Task.WhenAll(news.Started, data.Started, others[0].Started, others[1].Started).Guard();
        news.End();
        Assert.False(channel.Started.IsCompleted);
        data.End();
        await channel.Started.Guard();
        Assert.False(later.Started.IsCompleted);
        channel.End();
        await later.Started.Guard();
        foreach (var step in (Step[])[later, .. others])
            step.End();
        await calls.Guard();
    }

    [Fact]
    public async Task A_topic_of_another_channel_a_user_and_the_login_do_not_wait_for_the_channel()
    {
        var channel = new Step(this, "channel");
        var call = OnChannel(channel);
        await channel.Started.Guard();
        Assert.Equal(1, (await _order.ForTopicAsync(new("other"), new("news"), _ => Answer(1)).Guard()).Value);
        Assert.Equal(2, (await _order.ForUserAsync(new("lobby"), _ => Answer(2)).Guard()).Value);
        Assert.Equal(3, (await _order.ForLoginAsync(_ => Answer(3)).Guard()).Value);
        channel.End();
        await call.Guard();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failing_call_fails_alone_and_does_not_block_the_next(bool isFailingAtOnce)
    {
        var first = new Step(this, "first");
        var failing = isFailingAtOnce
            ? _order.ForTopicAsync<int>(new("lobby"), new("news"), _ => throw new InvalidOperationException())
            : OnTopic("news", first);
        var next = _order.ForTopicAsync(new("lobby"), new("news"), _ => Answer(7));
        if (!isFailingAtOnce)
        {
            await first.Started.Guard();
            first.Fail();
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => failing.Guard());
        Assert.Equal(7, (await next.Guard()).Value);
    }

    [Fact]
    public async Task Any_number_of_waiting_calls_runs_in_the_order_in_which_they_came()
    {
        var ran = new List<int>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = Enumerable.Range(0, 100).Select(i => _order.ForUserAsync<int>(new("bob"), async _ =>
        {
            await gate.Task;
            ran.Add(i);
            return i;
        })).ToList();
        gate.SetResult();
        await Task.WhenAll(calls).Guard();
        Assert.Equal(Enumerable.Range(0, 100), ran);
    }

    /// <summary>Random calls on many threads: two that meet are never under way at once.</summary>
    [Fact]
    public async Task Calls_that_meet_never_overlap()
    {
        const int Topics = 3;
        var underWay = new int[Topics];
        var channelUnderWay = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 200; i++)
            {
                var topic = random.Next(Topics + 1);
                if (topic < Topics)
                    await _order.ForTopicAsync<int>(new("lobby"), new($"{topic}"), async _ =>
                    {
                        Assert.Equal(1, Interlocked.Increment(ref underWay[topic]));
                        Assert.Equal(0, Volatile.Read(ref channelUnderWay));
                        await Task.Yield();
                        return Interlocked.Decrement(ref underWay[topic]);
                    });
                else
                    await _order.ForChannelAsync<int>(new("lobby"), async _ =>
                    {
                        Assert.Equal(1, Interlocked.Increment(ref channelUnderWay));
                        Assert.All(underWay, count => Assert.Equal(0, count));
                        await Task.Yield();
                        return Interlocked.Decrement(ref channelUnderWay);
                    });
            }
        }))).Guard();
    }

    /// <summary>The time of a call runs from its arrival: who waits too long is told so, and what comes after waits on.</summary>
    [Fact]
    public async Task A_call_that_waits_too_long_is_refused_unbegun_and_is_not_overtaken()
    {
        var first = new Step(this, "first");
        var late = new Step(this, "late");
        var next = new Step(this, "next");
        var stuck = OnTopic("news", first);
        await first.Started.Guard();
        var tooLate = OnTopic("news", late);
        _clock.Advance(TimeSpan.FromSeconds(4));
        var inTime = OnTopic("news", next);
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(ErrorCode.ChannelNotAvailable, (await tooLate.Guard()).Refusal?.Code);
        Assert.False(next.Started.IsCompleted);
        first.End();
        await stuck.Guard();
        await next.Started.Guard();
        next.End();
        await inTime.Guard();
        Assert.Equal(["+first", "-first", "+next", "-next"], _log);
        Assert.True((await _order.ForChannelAsync(new("lobby"), _ => Answer(1)).Guard()).IsAccepted);
    }

    private static Task<Outcome<int>> Answer(int value) => Task.FromResult<Outcome<int>>(value);

    private Task<Outcome<int>> OnTopic(string topic, Step step) => _order.ForTopicAsync(new("lobby"), new(topic), step.RunAsync);

    private Task<Outcome<int>> OnData(ChannelType type, Step step) =>
        _order.ForSharedDataAsync(type, "lobby", ErrorCode.StorageNotAvailable, step.RunAsync);

    private Task<Outcome<int>> OnChannel(Step step) => _order.ForChannelAsync(new("lobby"), step.RunAsync);

    /// <summary>A call that ends when it is told to.</summary>
    private sealed class Step(CallOrderTests test, string name)
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => _started.Task;

        public async Task<Outcome<int>> RunAsync(CallBudget budget)
        {
            Log($"+{name}");
            _started.SetResult();
            await _ended.Task;
            Log($"-{name}");
            return 0;
        }

        public void End() => _ended.SetResult();

        public void Fail() => _ended.SetException(new InvalidOperationException());

        private void Log(string line)
        {
            lock (test._log)
                test._log.Add(line);
        }
    }
}
