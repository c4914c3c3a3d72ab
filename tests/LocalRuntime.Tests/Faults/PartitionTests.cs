using Orleans.Storage;

namespace ImOrleans.LocalRuntime.Tests;

/// <summary>A silo that the others take for dead goes on, and does not know.</summary>
public sealed class PartitionTests
{
    [Fact]
    public void Grain_has_two_activations_until_the_partitioned_silo_ends() => Run(async (cluster, near, far) =>
    {
        var key = await FaultyCluster.KeyOnAsync<IShelfGrain>(near, far);
        var (here, there) = (near.Grains.GetGrain<IShelfGrain>(key), far.Grains.GetGrain<IShelfGrain>(key));
        await here.Note("before");

        far.Silo.Partition();

        Assert.Equal(near.Address.ToParsableString(), await here.Where());
        Assert.Equal(far.Address.ToParsableString(), await there.Where());
        Assert.Equal(1, await here.Note("here"));
        Assert.Equal(2, await there.Note("there"));
        Assert.Equal("before,there", await there.Notes());
        Assert.Equal(TimeSpan.Zero, cluster.Clock.Elapsed);
        far.Kill();
        Assert.Equal("here", await here.Notes());
        await Assert.ThrowsAsync<SiloUnavailableException>(() => there.Notes());
    });

    [Fact]
    public void Partitioned_silo_reaches_nobody_and_takes_the_grains_it_does_not_know() => Run(async (cluster, near, far) =>
    {
        var key = await FaultyCluster.KeyOnAsync<IShelfGrain>(near, near);
        far.Silo.Partition();
        await Assert.ThrowsAsync<TimeoutException>(() => far.Grains.GetGrain<IShelfGrain>(key).Note("lost"));
        Assert.Equal("", await near.Grains.GetGrain<IShelfGrain>(key).Notes());
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(far.Address.ToParsableString(), await far.Grains.GetGrain<IShelfGrain>($"new {i}").Where());
            Assert.Equal(near.Address.ToParsableString(), await near.Grains.GetGrain<IShelfGrain>($"new {i}").Where());
        }
    });

    [Fact]
    public void Those_who_wait_for_it_are_told_and_those_it_waits_for_never_answer() => Run(async (cluster, near, far) =>
    {
        var key = await FaultyCluster.KeyOnAsync<IGateGrain>(near, far);
        var back = await FaultyCluster.KeyOnAsync<IGateGrain>(near, near);
        var name = $"{nameof(PartitionTests)}{Guid.NewGuid():N}";
        var waiting = near.Grains.GetGrain<IGateGrain>(key).Pass(name);
        var waitingThere = far.Grains.GetGrain<IGateGrain>(back).Pass(name);
        await Gates.Get(name).Entered;

        far.Silo.Partition();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => waiting);
        Assert.Equal(TimeSpan.Zero, cluster.Clock.Elapsed);
        Gates.Get(name).Open();
        await Assert.ThrowsAsync<TimeoutException>(() => waitingThere);
    });

    [Fact]
    public void It_is_told_once_that_the_silo_left() => Run(async (cluster, near, far) =>
    {
        var left = new List<SiloAddress>();
        cluster.Cluster.SiloLeft += left.Add;
        far.Silo.Partition();
        far.Silo.Partition();
        Assert.True(far.Silo.IsPartitioned);
        Assert.Equal([near.Address], cluster.Cluster.AliveSilos);
        Assert.Equal([far.Address], left);
        await far.StopAsync();
        far.Kill();
        Assert.Equal([far.Address], left);
        Assert.Throws<InvalidOperationException>(far.Silo.Partition);
    });

    /// <summary>What a gateway must be ready for: it hears both activations.</summary>
    [Fact]
    public void Observers_may_hear_both_activations()
    {
        var recorder = new Recorder();
        Run(
            async (cluster, near, far) =>
            {
                var listener = near.Grains.CreateObjectReference<IListener>(recorder);
                var key = await FaultyCluster.KeyOnAsync<IShelfGrain>(near, far);
                await near.Grains.GetGrain<IShelfGrain>(key).TellAlways(listener, "old");
                far.Silo.Partition();
                await near.Grains.GetGrain<IShelfGrain>(key).TellAlways(listener, "new");
                while (recorder.Lines.Count < 6)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), cluster.Clock);
                }
            },
            new SeededMessageFaults(1, new() { LeakRate = 1 }));
        Assert.Contains("old", recorder.Lines);
        Assert.Contains("new", recorder.Lines);
    }

    [Fact]
    public void Without_a_leak_observers_hear_one_activation()
    {
        var recorder = new Recorder();
        Run(async (cluster, near, far) =>
        {
            var listener = near.Grains.CreateObjectReference<IListener>(recorder);
            var key = await FaultyCluster.KeyOnAsync<IShelfGrain>(near, far);
            await near.Grains.GetGrain<IShelfGrain>(key).TellAlways(listener, "old");
            far.Silo.Partition();
            await near.Grains.GetGrain<IShelfGrain>(key).TellAlways(listener, "new");
            while (recorder.Lines.Count < 6)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cluster.Clock);
            }
        });
        Assert.All(recorder.Lines, static line => Assert.Equal("new", line));
    }

    [Fact]
    public void Storage_lets_one_of_two_activations_write() => Run(async (cluster, near, far) =>
    {
        var key = await FaultyCluster.KeyOnAsync<IPlacedStateGrain>(near, far);
        var (here, there) = (near.Grains.GetGrain<IPlacedStateGrain>(key), far.Grains.GetGrain<IPlacedStateGrain>(key));
        await here.Write("before");
        far.Silo.Partition();
        await here.Write("here");
        await Assert.ThrowsAsync<InconsistentStateException>(() => there.Write("there"));
        Assert.Equal("here", await here.Read());
        Assert.Equal("here", await there.Read());
    });

    [Fact]
    public void New_silos_join_the_others() => Run(async (cluster, near, far) =>
    {
        far.Silo.Partition();
        await using var third = await cluster.StartAsync();
        Assert.Equal([near.Address, third.Address], cluster.Cluster.AliveSilos);
        var key = await FaultyCluster.KeyOnAsync<IShelfGrain>(near, third);
        Assert.Equal(1, await third.Grains.GetGrain<IShelfGrain>(key).Note("a"));
        Assert.Equal(far.Address.ToParsableString(), await far.Grains.GetGrain<IShelfGrain>(key).Where());
    });

    private static void Run(Func<FaultyCluster, TestSilo, TestSilo, Task> test, IMessageFaults? faults = null)
    {
        var cluster = new FaultyCluster(faults);
        cluster.Run(async () =>
        {
            await using var near = await cluster.StartAsync();
            await using var far = await cluster.StartAsync();
            await test(cluster, near, far);
        });
    }
}
