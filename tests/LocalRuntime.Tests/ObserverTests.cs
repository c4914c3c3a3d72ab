using System.Runtime.CompilerServices;

namespace ImOrleans.LocalRuntime.Tests;

public sealed class ObserverTests : TestBase
{
    private readonly Listener _listener = new();

    private IPublisherGrain Publisher => Grains.GetGrain<IPublisherGrain>("a");

    [Fact]
    public async Task Observer_answers_a_grain()
    {
        await SubscribeAsync(Silo);
        Assert.Equal(8, await Publisher.Ask(7).Guard());
    }

    [Fact]
    public async Task Calls_of_one_observer_run_one_by_one_in_order()
    {
        await SubscribeAsync(Silo);
        await Publisher.AskMany(100).Guard();
        Assert.False(_listener.Overlapped);
        Assert.Equal(Enumerable.Range(0, 100), _listener.Noted);
    }

    [Fact]
    public async Task One_way_methods_arrive_and_their_failures_are_not_told()
    {
        await SubscribeAsync(Silo);
        await Publisher.Tell("news").Guard();
        await _listener.TwoTold.Task.Guard();
        Assert.Equal(["news", "news"], _listener.Told);
    }

    [Fact]
    public async Task Deleted_observer_is_not_available()
    {
        await SubscribeAsync(Silo);
        Grains.DeleteObjectReference<IListener>(_listener);
        await Assert.ThrowsAsync<ClientNotAvailableException>(() => Publisher.Ask(1).Guard());
        await Publisher.Tell("lost without a word").Guard();
        Assert.Empty(_listener.Told);
    }

    [Fact]
    public async Task Collected_observer_is_not_available()
    {
        var reference = MakeForgotten();
        await Publisher.Subscribe(reference).Guard();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        await Assert.ThrowsAsync<ClientNotAvailableException>(() => Publisher.Ask(1).Guard());
    }

    [Fact]
    public async Task Observer_of_a_killed_silo_is_not_available()
    {
        var other = await AddSiloAsync();
        await SubscribeAsync(other);
        await PinToAsync(Silo);
        other.Kill();
        await Assert.ThrowsAsync<ClientNotAvailableException>(() => Pinned.Ask(1).Guard());
    }

    [Fact]
    public async Task Call_in_an_observer_whose_silo_is_killed_fails_its_caller()
    {
        var other = await AddSiloAsync();
        await PinToAsync(Silo);
        _listener.Gate = new TaskCompletionSource().Task;
        await Pinned.Subscribe(other.Grains.CreateObjectReference<IListener>(_listener)).Guard();
        var asked = Pinned.Ask(1);
        await _listener.Entered.Task.Guard();
        other.Kill();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => asked.Guard());
    }

    [Fact]
    public async Task Grain_cannot_make_an_observer() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Publisher.MakeObserver().Guard());

    private IPublisherGrain Pinned { get; set; } = null!;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private IListener MakeForgotten() => Grains.CreateObjectReference<IListener>(new Listener());

    private async Task SubscribeAsync(TestSilo silo)
    {
        var reference = silo.Grains.CreateObjectReference<IListener>(_listener);
        await Publisher.Subscribe(reference).Guard();
        Pinned = Publisher;
    }

    /// <summary>Finds a publisher that lives on a silo, and gives it the same observer.</summary>
    private async Task PinToAsync(TestSilo silo)
    {
        var reference = Cluster.Alive[^1].Factory.CreateObjectReference<IListener>(_listener);
        for (var i = 0; ; i++)
        {
            Pinned = Grains.GetGrain<IPublisherGrain>($"pinned{i}");
            await Pinned.Subscribe(reference).Guard();
            if (Cluster.Directory.Find(Pinned.GetGrainId())!.Silo == silo.Silo)
            {
                return;
            }
        }
    }
}
