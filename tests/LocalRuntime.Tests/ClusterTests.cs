namespace ImOrleans.LocalRuntime.Tests;

public sealed class ClusterTests : TestBase
{
    private readonly string _name = $"{nameof(ClusterTests)}{Guid.NewGuid():N}";
    private TestSilo _other = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _other = await AddSiloAsync();
    }

    [Fact]
    public async Task Callers_of_a_killed_silo_fail_at_once()
    {
        var grain = await GrainOnAsync(_other);
        var waiting = grain.Pass(_name);
        await Gates.Get(_name).Entered.Guard();
        var queued = grain.Where();
        _other.Kill();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => waiting.Guard());
        await Assert.ThrowsAsync<SiloUnavailableException>(() => queued.Guard());
    }

    [Fact]
    public async Task Turns_of_a_killed_silo_never_go_on()
    {
        var grain = await GrainOnAsync(_other);
        var waiting = grain.PassAndNote(_name);
        await Gates.Get(_name).Entered.Guard();
        _other.Kill();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => waiting.Guard());
        Gates.Get(_name).Open();
        // The same thread pool has run a later turn, so the earlier would have run too.
        await Grains.GetGrain<IEchoGrain>("later").ValueNothing().AsTask().Guard();
        Assert.Empty(Gates.Get(_name).Notes);
        Assert.Empty(Gates.Get(grain.GetPrimaryKeyString()).Notes);
    }

    [Fact]
    public async Task Kill_is_told_once_and_changes_who_is_alive()
    {
        var left = new List<SiloAddress>();
        Cluster.SiloLeft += left.Add;
        Assert.Equal([Silo.Address, _other.Address], Cluster.AliveSilos);
        _other.Kill();
        _other.Kill();
        await _other.StopAsync().Guard();
        Assert.Equal([_other.Address], left);
        Assert.Equal([Silo.Address], Cluster.AliveSilos);
    }

    [Fact]
    public async Task Stop_deactivates_and_moves_what_waits()
    {
        var grain = await GrainOnAsync(_other);
        var running = grain.Pass(_name);
        await Gates.Get(_name).Entered.Guard();
        var queued = grain.Where();
        var stopped = _other.StopAsync();
        Assert.False(stopped.IsCompleted);
        Gates.Get(_name).Open();
        Assert.Equal(_other.Address.ToParsableString(), await running.Guard());
        Assert.Equal(Silo.Address.ToParsableString(), await queued.Guard());
        await stopped.Guard();
        Assert.Equal(["deactivated ShuttingDown"], Gates.Get(grain.GetPrimaryKeyString()).Notes);
        Assert.Equal(LocalSiloStatus.Stopped, _other.Silo.Status);
    }

    [Fact]
    public async Task Host_code_of_a_killed_silo_cannot_call()
    {
        var grain = _other.Grains.GetGrain<IEchoGrain>("a");
        _other.Kill();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => grain.Echo("x").Guard());
    }

    /// <summary>A call that met a silo in the moment it left must be answered, not lost: by a result or by a failure.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_call_is_answered_while_silos_come_and_go(bool kill)
    {
        using var stop = new CancellationTokenSource();
        var started = Enumerable.Range(0, 8)
            .Select(static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var callers = Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            var answered = 0;
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                try
                {
                    await Grains.GetGrain<IEchoGrain>($"{caller}/{i % 50}").ValueNothing().AsTask().Guard();
                    answered++;
                    started[caller].TrySetResult();
                }
                catch (SiloUnavailableException)
                {
                }
                catch (OrleansMessageRejectionException)
                {
                }
            }

            return answered;
        })).ToArray();
        // A busy machine starts them late.
        await Task.WhenAll(started.Select(static start => start.Task)).Guard();
        for (var i = 0; i < 50; i++)
        {
            var silo = await AddSiloAsync();
            await silo.Grains.GetGrain<IEchoGrain>($"turn {i}").ValueNothing().AsTask().Guard();
            if (kill)
            {
                silo.Kill();
            }
            else
            {
                await silo.StopAsync().Guard();
            }
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(callers).Guard(), static answered => Assert.NotEqual(0, answered));
    }

    [Fact]
    public async Task Same_placement_seed_places_alike()
    {
        Assert.Equal(await PlacesAsync(1), await PlacesAsync(1));
        Assert.NotEqual(await PlacesAsync(1), await PlacesAsync(2));
    }

    private static async Task<string> PlacesAsync(int seed)
    {
        var cluster = new LocalCluster(new ManualTimeProvider(), placementSeed: seed);
        await using var first = await TestSilo.StartAsync(cluster, static silo => silo.AddGrains(typeof(EchoGrain)));
        await using var second = await TestSilo.StartAsync(cluster, static silo => silo.AddGrains(typeof(EchoGrain)));
        var places = "";
        for (var i = 0; i < 20; i++)
        {
            var place = await first.Grains.GetGrain<IEchoGrain>($"{i}").Where().Guard();
            places += place == first.Address.ToParsableString() ? 'a' : 'b';
        }

        return places;
    }

    private async Task<IGateGrain> GrainOnAsync(TestSilo silo)
    {
        for (var i = 0; ; i++)
        {
            var grain = Grains.GetGrain<IGateGrain>($"{_name}/{i}");
            if (await grain.Where().Guard() == silo.Address.ToParsableString())
            {
                return grain;
            }
        }
    }
}
