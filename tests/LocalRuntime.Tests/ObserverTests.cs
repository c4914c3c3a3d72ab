using System.Runtime.CompilerServices;

namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Who calls an observer that is gone waits; who calls one whose silo is gone is told at once.</summary>
public sealed class ObserverTests : TestBase
{
    private readonly Listener _listener = new();

    private IPublisherGrain Publisher => Grains.GetGrain<IPublisherGrain>("a");

    [Fact]
    public async Task Who_calls_a_deleted_observer_waits_until_its_time_limit()
    {
        var observer = Grains.CreateObjectReference<IListener>(_listener);
        await Publisher.Subscribe(observer).Guard();
        Grains.DeleteObjectReference<IListener>(observer);
        await Publisher.Tell("lost without a word").Guard();
        await TimesOutAsync(observer);
        Assert.Empty(_listener.Told);
    }

    [Fact]
    public async Task Who_calls_a_collected_observer_waits_until_its_time_limit()
    {
        var observer = MakeForgotten();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        await TimesOutAsync(observer);
    }

    [Fact]
    public void Observer_of_a_killed_silo_can_be_deleted()
    {
        var observer = Grains.CreateObjectReference<IListener>(_listener);
        Silo.Kill();
        Grains.DeleteObjectReference<IListener>(observer);
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

    private async Task TimesOutAsync(IListener observer)
    {
        var call = observer.AskShortly(1);
        Assert.False(call.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => call.Guard());
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
