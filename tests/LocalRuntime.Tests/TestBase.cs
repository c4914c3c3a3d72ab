using Orleans.Hosting;

namespace ImOrleans.LocalRuntime.Tests;

/// <summary>A cluster on a clock that the test moves, with all grain classes of this assembly.</summary>
public abstract class TestBase : IAsyncLifetime
{
    private readonly List<TestSilo> _silos = [];

    protected TestBase() => Cluster = new LocalCluster(Clock);

    protected ManualTimeProvider Clock { get; } = new();

    protected LocalCluster Cluster { get; }

    protected TestSilo Silo => _silos[0];

    protected IGrainFactory Grains => Silo.Grains;

    public virtual async Task InitializeAsync() => await AddSiloAsync();

    public async Task DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }
    }

    protected async Task<TestSilo> AddSiloAsync(Action<ISiloBuilder>? configure = null)
    {
        var silo = await TestSilo.StartAsync(Cluster, builder =>
        {
            builder.AddGrains(typeof(TestBase).Assembly);
            builder.AddMemoryGrainStorageAsDefault();
            Configure(builder);
            configure?.Invoke(builder);
        });
        _silos.Add(silo);
        return silo;
    }

    protected virtual void Configure(ISiloBuilder builder)
    {
    }
}
