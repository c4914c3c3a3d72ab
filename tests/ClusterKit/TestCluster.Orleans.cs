using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace ImOrleans.ClusterKit;

/// <summary>A cluster of the Orleans packages: messages between its silos are serialised as on a network.</summary>
public sealed class TestCluster : ITestCluster
{
    private readonly InProcessTestCluster _cluster;
    private readonly List<Node> _alive = [];

    private TestCluster(InProcessTestCluster cluster) => _cluster = cluster;

    /// <summary>True on the runtime whose silos share one process by design.</summary>
    public static bool IsLocal => false;

    public IReadOnlyList<ITestNode> Nodes => [.. _alive];

    /// <summary>Starts all silos of a setup.</summary>
    public static async Task<ITestCluster> StartAsync(ClusterSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var builder = new InProcessTestClusterBuilder((short)setup.Silos);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false;
        builder.ConfigureSilo((_, silo) =>
        {
            if (setup.Clock is { } clock)
            {
                silo.Services.AddSingleton(clock);
                silo.Services.AddKeyedSingleton(KeyedService.AnyKey, (_, _) => TimeProvider.System);
                silo.Services.AddKeyedSingleton("Orleans.Grains", clock);
            }

            setup.Configure(silo);
        });
        var cluster = new TestCluster(builder.Build());
        await cluster._cluster.DeployAsync();
        foreach (var silo in cluster._cluster.Silos)
            cluster._alive.Add(new(cluster, silo));
        await cluster.SettleAsync();
        return cluster;
    }

    public async Task<ITestNode> AddAsync()
    {
        var node = new Node(this, await _cluster.StartAdditionalSiloAsync());
        _alive.Add(node);
        await SettleAsync();
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        // A test that wants an orderly end has stopped it.
        await Task.WhenAll(_alive.ToArray().Select(node => node.KillAsync()));
        await _cluster.DisposeAsync();
    }

    private Task SettleAsync()
    {
        var all = _alive.Select(node => node.SiloAddress).ToList();
        return Task.WhenAll(_alive.Select(node => node.SeesAsync(all)));
    }

    private sealed class Node : ITestNode, ISiloStatusListener
    {
        private readonly TestCluster _cluster;
        private readonly InProcessSiloHandle _silo;
        private readonly ISiloStatusOracle _oracle;
        private event Action? Changed;

        public Node(TestCluster cluster, InProcessSiloHandle silo)
        {
            (_cluster, _silo) = (cluster, silo);
            _oracle = silo.ServiceProvider.GetRequiredService<ISiloStatusOracle>();
            _oracle.SubscribeToSiloStatusEvents(this);
        }

        public event Action<string>? SiloLeft;

        public SiloAddress SiloAddress => _silo.SiloAddress;

        public string Address => SiloAddress.ToParsableString();

        public IServiceProvider Services => _silo.ServiceProvider;

        public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

        public Task StopAsync()
        {
            _cluster._alive.Remove(this);
            return _cluster._cluster.StopSiloAsync(_silo);
        }

        public Task KillAsync()
        {
            _cluster._alive.Remove(this);
            return _cluster._cluster.KillSiloAsync(_silo);
        }

        public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
        {
            Changed?.Invoke();
            if (status == SiloStatus.Dead)
                SiloLeft?.Invoke(updatedSilo.ToParsableString());
        }

        /// <summary>Ends when this silo knows all those as active.</summary>
        public async Task SeesAsync(IReadOnlyCollection<SiloAddress> silos)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void Check()
            {
                if (silos.All(silo => _oracle.GetApproximateSiloStatus(silo) == SiloStatus.Active))
                    seen.TrySetResult();
            }

            Changed += Check;
            Check();
            await seen.Task;
            Changed -= Check;
        }
    }
}
