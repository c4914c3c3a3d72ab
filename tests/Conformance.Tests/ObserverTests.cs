using System.Runtime.CompilerServices;

namespace ImOrleans.Conformance.Tests;

public sealed class ObserverTests(SharedCluster shared) : SharedFacts(shared)
{
    private readonly Listener _listener = new();

    private IPublisherGrain Publisher => Grains.GetGrain<IPublisherGrain>(Name);

    [Fact]
    public async Task Observer_answers_a_grain()
    {
        await SubscribeAsync();
        Assert.Equal(8, await Publisher.Ask(7).Guard());
    }

    /// <summary>In which order they arrive is not promised: on Orleans a call may overtake one that is not awaited.</summary>
    [Fact]
    public async Task Calls_of_one_observer_run_one_by_one()
    {
        await SubscribeAsync();
        await Publisher.AskMany(100).Guard();
        Assert.False(_listener.Overlapped);
        Assert.Equal(Enumerable.Range(0, 100), _listener.Noted.Order());
    }

    [Fact]
    public async Task One_way_methods_arrive_and_their_failures_are_not_told()
    {
        await SubscribeAsync();
        await Publisher.Tell("news").Guard();
        await _listener.TwoTold.Task.Guard();
        Assert.Equal(["news", "news"], _listener.Told);
    }

    [Fact]
    public async Task Grain_cannot_make_an_observer() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Publisher.MakeObserver().Guard());

    /// <summary>An observer of either silo, for grains on either: a reference goes wherever a call goes.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public async Task References_to_observers_are_passed_between_grains_and_silos(int observerOn, int grainOn)
    {
        var reference = Cluster.Nodes[observerOn].Grains.CreateObjectReference<IListener>(_listener);
        var publisher = await GrainOnAsync<IPublisherGrain>(Cluster.Nodes[grainOn]);
        await Publisher.Subscribe(reference).Guard();
        await Publisher.Introduce(publisher).Guard();
        Assert.Equal(8, await publisher.Ask(7).Guard());
    }

    [Fact]
    public async Task Observer_s_failure_reaches_the_grain_and_its_caller()
    {
        await SubscribeAsync();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Publisher.Ask(-1).Guard());
        Assert.Equal("Not that one.", failure.Message);
    }

    [Fact]
    public async Task Deleted_observer_gets_nothing_any_more_and_who_asks_it_fails()
    {
        var reference = await SubscribeAsync();
        Grains.DeleteObjectReference<IListener>(reference);
        await Assert.ThrowsAsync<TimeoutException>(() => Publisher.AskShortly(1).Guard());
        await Publisher.Tell("lost without a word").Guard();
        Assert.False(_listener.Entered.Task.IsCompleted);
        Assert.Empty(_listener.Told);
    }

    [Fact]
    public async Task Observer_is_deleted_by_its_reference_and_once()
    {
        var reference = await SubscribeAsync();
        Assert.Throws<ArgumentException>(() => Grains.DeleteObjectReference<IListener>(_listener));
        Grains.DeleteObjectReference<IListener>(reference);
        Assert.Throws<ArgumentException>(() => Grains.DeleteObjectReference<IListener>(reference));
    }

    [Fact]
    public async Task Observer_is_held_weakly()
    {
        await Publisher.Subscribe(MakeForgotten()).Guard();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        await Assert.ThrowsAsync<TimeoutException>(() => Publisher.AskShortly(1).Guard());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private IListener MakeForgotten() => Grains.CreateObjectReference<IListener>(new Listener());

    private async Task<IListener> SubscribeAsync()
    {
        var reference = Grains.CreateObjectReference<IListener>(_listener);
        await Publisher.Subscribe(reference).Guard();
        return reference;
    }
}
