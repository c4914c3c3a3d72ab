namespace ImOrleans.LocalRuntime.Tests;

public sealed class SeededTests
{
    [Fact]
    public void Same_seed_gives_the_same_interleaving() => Assert.Equal(Record(7), Record(7));

    [Fact]
    public void Other_seeds_give_other_interleavings()
    {
        var records = Enumerable.Range(0, 10).Select(seed => string.Join('\n', Record(seed))).ToArray();
        Assert.Equal(10, records.Distinct().Count());
    }

    [Fact]
    public void All_turns_run_on_the_calling_thread()
    {
        var thread = Environment.CurrentManagedThreadId;
        var threads = new HashSet<int>();
        var turns = new SeededTurnScheduler(1);
        turns.Run(async () =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Yield();
            threads.Add(Environment.CurrentManagedThreadId);
        });
        Assert.Equal([thread], threads);
    }

    [Fact]
    public void Function_that_waits_for_nothing_is_an_error() =>
        Assert.Throws<InvalidOperationException>(() =>
            new SeededTurnScheduler(1).Run(static () => new TaskCompletionSource().Task));

    [Fact]
    public void Failure_of_the_function_is_thrown() =>
        Assert.Throws<NotSupportedException>(() =>
            new SeededTurnScheduler(1).Run(static async () =>
            {
                await Task.Yield();
                throw new NotSupportedException();
            }));

    [Fact]
    public void Timeouts_fire_when_only_the_clock_can_go_on()
    {
        var turns = new SeededTurnScheduler(3);
        var clock = new ManualTimeProvider();
        var cluster = new LocalCluster(clock, turns);
        turns.Run(
            async () =>
            {
                await using var silo = await TestSilo.StartAsync(
                    cluster, static builder => builder.AddGrains(typeof(OrderGrain)));
                await Assert.ThrowsAsync<TimeoutException>(
                    () => silo.Grains.GetGrain<IOrderGrain>("a").CallSelf());
            },
            () => clock.AdvanceToNextTimer());
        Assert.Equal(TimeSpan.FromSeconds(1), clock.Elapsed);
    }

    [Fact]
    public void Silo_dies_between_turns()
    {
        var turns = new SeededTurnScheduler(5);
        var clock = new ManualTimeProvider();
        var cluster = new LocalCluster(clock, turns);
        turns.Run(
            async () =>
            {
                await using var silo = await TestSilo.StartAsync(
                    cluster, static builder => builder.AddGrains(typeof(MeshGrain)));
                var other = await TestSilo.StartAsync(
                    cluster, static builder => builder.AddGrains(typeof(MeshGrain)));
                var listener = silo.Grains.CreateObjectReference<IListener>(new Recorder());
                var runs = Enumerable.Range(0, 20).Select(i =>
                    silo.Grains.GetGrain<IMeshGrain>($"{i}").Run(0, listener)).ToArray();
                await Task.Yield();
                other.Kill();
                await Task.WhenAll(runs).ContinueWith(static _ => { }, TaskScheduler.Current);
                Assert.Contains(runs, static run => run.IsCompletedSuccessfully);
                Assert.All(
                    runs.Where(static run => run.IsFaulted),
                    static run => Assert.IsType<SiloUnavailableException>(run.Exception!.InnerException));
            },
            () => clock.AdvanceToNextTimer());
    }

    private static List<string> Record(int seed)
    {
        var turns = new SeededTurnScheduler(seed);
        var clock = new ManualTimeProvider();
        var cluster = new LocalCluster(clock, turns, seed);
        var recorder = new Recorder();
        turns.Run(
            async () =>
            {
                await using var first = await TestSilo.StartAsync(
                    cluster, static silo => silo.AddGrains(typeof(MeshGrain)));
                await using var second = await TestSilo.StartAsync(
                    cluster, static silo => silo.AddGrains(typeof(MeshGrain)));
                var listener = first.Grains.CreateObjectReference<IListener>(recorder);
                await Task.WhenAll(
                    first.Grains.GetGrain<IMeshGrain>("a").Run(2, listener),
                    second.Grains.GetGrain<IMeshGrain>("b").Run(2, listener));
            },
            () => clock.AdvanceToNextTimer());
        recorder.Lines.Add($"{turns.Turns} turns");
        return recorder.Lines;
    }
}
