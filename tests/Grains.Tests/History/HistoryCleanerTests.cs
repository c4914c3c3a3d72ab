using ImOrleans.Domain.History;
using ImOrleans.Grains.History;
using ImOrleans.Grains.Hosting;
using ImOrleans.Grains.Tests.Kit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Tests.History;

public sealed class HistoryCleanerTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly HistoryStore _store = new();
    private readonly DateTimeOffset _start;

    public HistoryCleanerTests() => _start = _clock.GetUtcNow();

    [Fact]
    public async Task What_is_too_old_goes_in_slices_with_pauses_short_while_there_is_more()
    {
        _store.Removed.Enqueue(HistoryCleaner.SliceMax);
        _store.Removed.Enqueue(HistoryCleaner.SliceMax - 1);
        await using var services = Services("30");
        var cleaner = Cleaner(services);

        Assert.Equal(HistoryCleaner.BusyPause, await cleaner.CleanAsync());
        _clock.Advance(HistoryCleaner.BusyPause);
        Assert.Equal(HistoryCleaner.IdlePause, await cleaner.CleanAsync());
        Assert.Equal(
            [
                (_start.AddDays(-30).ToUnixTimeMilliseconds(), HistoryCleaner.SliceMax),
                ((_start + HistoryCleaner.BusyPause).AddDays(-30).ToUnixTimeMilliseconds(), HistoryCleaner.SliceMax),
            ],
            _store.Removals);
    }

    [Fact]
    public async Task A_store_that_fails_is_asked_again_later()
    {
        _store.FailNext(new IOException());
        await using var services = Services("1");
        var cleaner = Cleaner(services);

        Assert.Equal(HistoryCleaner.IdlePause, await cleaner.CleanAsync());
        Assert.Empty(_store.Removals);
        await cleaner.CleanAsync();
        Assert.Single(_store.Removals);
    }

    [Fact]
    public async Task The_service_begins_with_the_host_and_does_nothing_when_all_is_kept_for_ever()
    {
        await using var forEver = Services("0");
        var idle = Cleaner(forEver);
        await idle.StartAsync(default);
        await idle.ExecuteTask!.Guard();
        Assert.Empty(_store.Removals);

        await using var services = Services("365");
        var cleaner = Cleaner(services);
        var asked = _store.NextRemoval;
        await cleaner.StartAsync(default);
        await asked.Guard();
        await cleaner.StopAsync(default).Guard();
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("2")]
    [InlineData("366")]
    public void Only_the_days_that_the_row_names_are_taken(string days)
    {
        using var services = Services(days);
        var refusal = Assert.Throws<OptionsValidationException>(
            () => services.GetRequiredService<IOptions<HistoryOptions>>().Value);
        Assert.EndsWith("History:RetentionDays must be 1, 7, 30, 90 or 365 days, or 0, which is for ever.", refusal.Message);
    }

    private static HistoryCleaner Cleaner(ServiceProvider services) =>
        services.GetServices<IHostedService>().OfType<HistoryCleaner>().Single();

    private ServiceProvider Services(string days)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([new("History:RetentionDays", days)]).Build());
        services.AddSingleton<TimeProvider>(_clock);
        services.AddSingleton<IChannelHistory>(_store);
        services.AddSingleton<IGrainFactory>(_ => null!);
        services.AddGrainServices();
        // Needs the cluster.
        services.Remove(services.Single(static service =>
            service.ImplementationFactory is Func<IServiceProvider, ImOrleans.Grains.Gateways.GatewayLeases>
            && service.ServiceType == typeof(IHostedService)));
        services.AddSingleton<ImOrleans.Grains.Gateways.IGatewayLeases>(new FakeLeases());
        return services.BuildServiceProvider();
    }
}
