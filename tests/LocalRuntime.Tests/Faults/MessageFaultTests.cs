using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace ImOrleans.LocalRuntime.Tests;

public sealed class MessageFaultTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void Lost_request_is_not_run_and_its_caller_waits_until_the_limit() => Run(
        message => IsNote(message) && !message.IsAnswer ? MessageFate.Lost : MessageFate.Arrives,
        async (cluster, shelf) =>
        {
            await Assert.ThrowsAsync<TimeoutException>(() => shelf.Note("a"));
            Assert.Equal(Limit, cluster.Clock.Elapsed);
            Assert.Equal("", await shelf.Notes());
        });

    [Fact]
    public void Lost_answer_leaves_the_caller_without_an_outcome() => Run(
        message => IsNote(message) && message.IsAnswer ? MessageFate.Lost : MessageFate.Arrives,
        async (cluster, shelf) =>
        {
            await Assert.ThrowsAsync<TimeoutException>(() => shelf.Note("a"));
            Assert.Equal(Limit, cluster.Clock.Elapsed);
            Assert.Equal("a", await shelf.Notes());
        });

    [Fact]
    public void Late_request_is_overtaken()
    {
        var notes = 0;
        Run(
            message => IsNote(message) && !message.IsAnswer && ++notes == 1
                ? MessageFate.ArrivesAfter(TimeSpan.FromMilliseconds(10))
                : MessageFate.Arrives,
            async (cluster, shelf) =>
            {
                var first = shelf.Note("a");
                Assert.Equal(1, await shelf.Note("b"));
                Assert.Equal(2, await first);
                Assert.Equal(TimeSpan.FromMilliseconds(10), cluster.Clock.Elapsed);
                Assert.Equal("b,a", await shelf.Notes());
            });
    }

    [Fact]
    public void Late_answer_comes_in_its_time() => Run(
        message => IsNote(message) && message.IsAnswer
            ? MessageFate.ArrivesAfter(TimeSpan.FromSeconds(2))
            : MessageFate.Arrives,
        async (cluster, shelf) =>
        {
            Assert.Equal(1, await shelf.Note("a"));
            Assert.Equal(TimeSpan.FromSeconds(2), cluster.Clock.Elapsed);
        });

    [Fact]
    public void Answer_that_comes_after_the_limit_is_dropped() => Run(
        message => IsNote(message) && message.IsAnswer
            ? MessageFate.ArrivesAfter(Limit * 2)
            : MessageFate.Arrives,
        async (cluster, shelf) =>
        {
            await Assert.ThrowsAsync<TimeoutException>(() => shelf.Note("a"));
            Assert.True(cluster.Clock.AdvanceToNextTimer());
            Assert.Equal(Limit * 2, cluster.Clock.Elapsed);
            Assert.Equal("a", await shelf.Notes());
        });

    [Fact]
    public void Failure_of_the_grain_is_an_answer_like_any() => Run(
        _ => MessageFate.ArrivesAfter(TimeSpan.FromSeconds(1)),
        async (_, shelf) => await Assert.ThrowsAsync<InvalidCastException>(
            () => shelf.AsReference<IEchoGrain>().Echo("no such method")));

    [Fact]
    public void Steps_of_their_own_let_messages_overtake_each_other() => Run(
        message => IsNote(message) && !message.IsAnswer ? MessageFate.ArrivesAfter(TimeSpan.Zero) : MessageFate.Arrives,
        async (cluster, shelf) =>
        {
            var names = Enumerable.Range(0, 20).Select(static i => $"{i}").ToArray();
            await Task.WhenAll(names.Select(shelf.Note));
            var notes = (await shelf.Notes()).Split(',');
            Assert.NotEqual(names, notes);
            Assert.Equal(names.Order(), notes.Order());
            Assert.Equal(TimeSpan.Zero, cluster.Clock.Elapsed);
        });

    [Fact]
    public void Answer_is_what_it_was_when_it_was_given() => Run(
        message => message.IsAnswer ? MessageFate.ArrivesAfter(TimeSpan.FromSeconds(1)) : MessageFate.Arrives,
        async (_, shelf) =>
        {
            await shelf.Put(["a"]);
            var taken = shelf.Take();
            await shelf.Note("later");
            (await shelf.Take()).Add("b");
            Assert.Equal(["a"], await taken);
            Assert.Equal(1, await shelf.Count());
        },
        copies: true);

    [Fact]
    public void End_of_a_silo_ends_the_wait_for_what_is_on_its_way_to_it()
    {
        var faults = new FaultyCluster.Script(message =>
            IsNote(message) ? MessageFate.ArrivesAfter(TimeSpan.FromSeconds(5)) : MessageFate.Arrives);
        var cluster = new FaultyCluster(faults);
        cluster.Run(async () =>
        {
            await using var near = await cluster.StartAsync();
            await using var far = await cluster.StartAsync();
            var key = await FaultyCluster.KeyOnAsync<IShelfGrain>(near, far);
            var waiting = near.Grains.GetGrain<IShelfGrain>(key).Note("a");
            far.Kill();
            await Assert.ThrowsAsync<SiloUnavailableException>(() => waiting);
            Assert.Equal(TimeSpan.Zero, cluster.Clock.Elapsed);
        });
    }

    /// <summary>A request that finds its activation gone is passed on by the silo it came to.</summary>
    [Fact]
    public void Late_request_follows_its_grain()
    {
        var faults = new FaultyCluster.Script(message => IsNote(message) && !message.IsAnswer
            ? MessageFate.ArrivesAfter(TimeSpan.FromSeconds(5))
            : MessageFate.Arrives);
        var cluster = new FaultyCluster(faults);
        cluster.Run(async () =>
        {
            await using var near = await cluster.StartAsync();
            await using var far = await cluster.StartAsync();
            var key = await FaultyCluster.KeyOnAsync<IShelfGrain>(near, far);
            var shelf = near.Grains.GetGrain<IShelfGrain>(key);
            var activation = cluster.Cluster.Directory.Find(shelf.GetGrainId())!;
            var waiting = shelf.Note("a");
            activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "Test."));
            await activation.Deactivated;
            Assert.Equal(1, await waiting);
        });
    }

    [Fact]
    public void Nothing_happens_to_calls_within_a_silo()
    {
        var faults = new FaultyCluster.Script(static _ => MessageFate.Lost);
        var cluster = new FaultyCluster(faults);
        cluster.Run(async () =>
        {
            await using var only = await cluster.StartAsync();
            Assert.Equal(1, await only.Grains.GetGrain<IShelfGrain>("a").Note("a"));
            Assert.Empty(faults.Seen);
        });
    }

    [Fact]
    public void What_is_told_to_observers_can_get_lost()
    {
        var recorder = new Recorder();
        var told = 0;
        Run(
            message => message.IsToObserver && ++told % 2 == 0 ? MessageFate.Lost : MessageFate.Arrives,
            async (cluster, shelf) =>
            {
                var listener = cluster.Near.Grains.CreateObjectReference<IListener>(recorder);
                await shelf.TellAlways(listener, "x");
                while (told < 10)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), cluster.Clock);
                }
            });
        Assert.Equal(5, recorder.Lines.Count);
    }

    [Fact]
    public void Cut_works_one_way_until_it_is_healed()
    {
        var faults = new SeededMessageFaults(1, new());
        var cluster = new FaultyCluster(faults);
        cluster.Run(async () =>
        {
            await using var near = await cluster.StartAsync();
            await using var far = await cluster.StartAsync();
            var shelf = near.Grains.GetGrain<IShelfGrain>(await FaultyCluster.KeyOnAsync<IShelfGrain>(near, far));
            faults.Cut(far.Address, near.Address);
            await Assert.ThrowsAsync<TimeoutException>(() => shelf.Note("ran"));
            faults.Heal();
            faults.Cut(near.Address, far.Address);
            await Assert.ThrowsAsync<TimeoutException>(() => shelf.Note("did not run"));
            faults.Heal();
            Assert.Equal("ran", await shelf.Notes());
            Assert.Equal(2, faults.Lost);
        });
    }

    [Fact]
    public void Same_seed_decides_alike()
    {
        Assert.Equal(Fates(1), Fates(1));
        Assert.NotEqual(Fates(1), Fates(2));
    }

    [Fact]
    public void Rates_are_kept_and_a_quiet_network_is_whole()
    {
        var fates = Fates(3);
        Assert.InRange(fates.Count(static fate => fate.IsLost), 80, 120);
        Assert.InRange(fates.Count(static fate => fate.ArrivesIn > TimeSpan.Zero), 150, 210);
        Assert.InRange(fates.Count(static fate => fate.ArrivesIn == TimeSpan.Zero), 180, 250);
        Assert.All(fates, static fate => Assert.True(!(fate.ArrivesIn > TimeSpan.FromMilliseconds(50))));
        Assert.All(Fates(3, isQuiet: true), static fate => Assert.Equal(MessageFate.Arrives, fate));
    }

    [Fact]
    public void Delay_is_not_negative() => Assert.Throws<ArgumentOutOfRangeException>(
        static () => MessageFate.ArrivesAfter(TimeSpan.FromTicks(-1)));

    private static bool IsNote(SiloMessage message) => message.Method == nameof(IShelfGrain.Note);

    private static MessageFate[] Fates(int seed, bool isQuiet = false)
    {
        var faults = new SeededMessageFaults(seed, new()
        {
            LossRate = 0.1,
            DelayRate = 0.2,
            MaxDelay = TimeSpan.FromMilliseconds(50),
            ReorderRate = 0.3,
        })
        {
            IsQuiet = isQuiet,
        };
        var message = new SiloMessage(default!, default!, default, "x", false, false, false);
        return [.. Enumerable.Range(0, 1000).Select(_ => faults.Decide(message))];
    }

    private static void Run(
        Func<SiloMessage, MessageFate> decide, Func<Running, IShelfGrain, Task> test, bool copies = false)
    {
        var isOn = false;
        var cluster = new FaultyCluster(new FaultyCluster.Script(
            message => isOn ? decide(message) : MessageFate.Arrives));
        cluster.Run(async () =>
        {
            await using var near = await cluster.StartAsync(silo => Configure(silo, copies));
            await using var far = await cluster.StartAsync(silo => Configure(silo, copies));
            var key = await FaultyCluster.KeyOnAsync<IShelfGrain>(near, far);
            isOn = true;
            await test(new(cluster.Clock, near), near.Grains.GetGrain<IShelfGrain>(key));
        });
    }

    private static void Configure(ISiloBuilder silo, bool copies)
    {
        if (copies)
        {
            silo.Services.AddSingleton<ICallValueCopier, DeepCopier>();
        }
    }

    private sealed record Running(ManualTimeProvider Clock, TestSilo Near);
}
