using ImOrleans.LocalRuntime;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace ImOrleans.TestKit;

/// <summary>A silo of the Local runtime with services of its own, as one host of a cluster would be.</summary>
public sealed class TestSilo : IAsyncDisposable
{
    private TestSilo(ServiceProvider services)
    {
        Services = services;
        Silo = services.GetRequiredService<LocalSilo>();
    }

    public ServiceProvider Services { get; }

    public LocalSilo Silo { get; }

    public IGrainFactory Grains => Silo.Factory;

    public SiloAddress Address => Silo.SiloAddress;

    /// <summary>Makes a silo and joins it to the cluster.</summary>
    public static async Task<TestSilo> StartAsync(LocalCluster cluster, Action<ISiloBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddLocalSilo(configure, cluster);
        var silo = new TestSilo(services.BuildServiceProvider());
        await silo.Silo.StartAsync(CancellationToken.None);
        return silo;
    }

    public void Kill() => Silo.Kill();

    public Task StopAsync() => Silo.StopAsync(CancellationToken.None);

    /// <summary>Kills what still runs: a test that wants an orderly end stops it itself.</summary>
    public ValueTask DisposeAsync()
    {
        Silo.Kill();
        return Services.DisposeAsync();
    }
}
