using System.Runtime.CompilerServices;

namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Who calls an observer that is gone is told at once.</summary>
public sealed class ObserverTests : TestBase
{
    private readonly Listener _listener = new();

    private IPublisherGrain Publisher => Grains.GetGrain<IPublisherGrain>("a");

    [Fact]
    public async Task Deleted_observer_is_not_available()
    {
        await Publisher.Subscribe(Grains.CreateObjectReference<IListener>(_listener)).Guard();
        Grains.DeleteObjectReference<IListener>(_listener);
        await Assert.ThrowsAsync<ClientNotAvailableException>(() => Publisher.Ask(1).Guard());
        await Publisher.Tell("lost without a word").Guard();
        Assert.Empty(_listener.Told);
    }

    [Fact]
    public async Task Collected_observer_is_not_available()
    {
        await Publisher.Subscribe(MakeForgotten()).Guard();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        await Assert.ThrowsAsync<ClientNotAvailableException>(() => Publisher.Ask(1).Guard());
    }

    [Fact]
    public async Task Observer_of_a_killed_silo_is_not_available()
    {
        var (other, publisher) = await WithObserverElsewhereAsync();
        other.Kill();
        await Assert.ThrowsAsync<ClientNotAvailableException>(() => publisher.Ask(1).Guard());
    }

    [Fact]
    public async Task Call_in_an_observer_whose_silo_is_killed_fails_its_caller()
    {
        var (other, publisher) = await WithObserverElsewhereAsync();
        _listener.Gate = new TaskCompletionSource().Task;
        var asked = publisher.Ask(1);
        await _listener.Entered.Task.Guard();
        other.Kill();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => asked.Guard());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private IListener MakeForgotten() => Grains.CreateObjectReference<IListener>(new Listener());

    /// <summary>A publisher on the first silo, with an observer of another.</summary>
    private async Task<(TestSilo Other, IPublisherGrain Publisher)> WithObserverElsewhereAsync()
    {
        var other = await AddSiloAsync();
        var reference = other.Grains.CreateObjectReference<IListener>(_listener);
        for (var i = 0; ; i++)
        {
            var publisher = Grains.GetGrain<IPublisherGrain>($"{i}");
            await publisher.Subscribe(reference).Guard();
            if (await publisher.Where().Guard() == Silo.Address.ToParsableString())
                return (other, publisher);
        }
    }
}
