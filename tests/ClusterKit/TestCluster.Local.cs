using ImOrleans.LocalRuntime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ImOrleans.ClusterKit;

/// <summary>A cluster on the Local runtime.</summary>
public sealed class TestCluster : ITestCluster
{
    /// <summary>No more than Orleans does: nothing gets lost, and nothing is late for long.</summary>
    private static readonly MessageFaultOptions Unordered =
        new() { ReorderRate = 0.4, DelayRate = 0.1, MaxDelay = TimeSpan.FromMilliseconds(5) };

    private readonly ClusterSetup _setup;
    private readonly LocalCluster _cluster;
    private readonly List<Node> _all = [];

    private TestCluster(ClusterSetup setup)
    {
        var faults = setup.IsUnordered ? new SeededMessageFaults(seed: 1, Unordered) : null;
        (_setup, _cluster) = (setup, new(setup.Clock ?? TimeProvider.System, placementSeed: 1, faults: faults));
    }

    public IReadOnlyList<ITestNode> Nodes => [.. _all.Where(node => node.IsAlive && node != Front)];

    public ITestNode? Front { get; private set; }

    /// <summary>Starts all silos of a setup.</summary>
    public static async Task<ITestCluster> StartAsync(ClusterSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var cluster = new TestCluster(setup);
        if (setup.ConfigureFront is { } front)
            cluster.Front = await cluster.AddAsync(front);
        for (var i = 0; i < setup.Silos; i++)
            await cluster.AddAsync();
        return cluster;
    }

    public async Task<ITestNode> AddAsync() => await AddAsync(silo =>
    {
        foreach (var assembly in _setup.Grains)
            silo.AddGrains(assembly);
        _setup.Configure(silo);
    });

    private async Task<Node> AddAsync(Action<ISiloBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddLocalSilo(configure, _cluster);
        var host = builder.Build();
        await host.StartAsync();
        var node = new Node(host, _cluster);
        _all.Add(node);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _all)
            await node.DisposeAsync();
    }

    private sealed class Node : ITestNode, IAsyncDisposable
    {
        private readonly IHost _host;
        private readonly LocalSilo _silo;

        public Node(IHost host, LocalCluster cluster)
        {
            _host = host;
            _silo = host.Services.GetRequiredService<LocalSilo>();
            cluster.SiloLeft += silo => SiloLeft?.Invoke(silo.ToParsableString());
        }

        public event Action<string>? SiloLeft;

        public bool IsAlive => _silo.Status == LocalSiloStatus.Running;

        public string Address => _silo.SiloAddress.ToParsableString();

        public IServiceProvider Services => _host.Services;

        public IGrainFactory Grains => _silo.Factory;

        public Task StopAsync() => _host.StopAsync();

        public Task KillAsync()
        {
            _silo.Kill();
            return Task.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            // A test that wants an orderly end has stopped it.
            _silo.Kill();
            await _host.StopAsync();
            _host.Dispose();
        }
    }
}
