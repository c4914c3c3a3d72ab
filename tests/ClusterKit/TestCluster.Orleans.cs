using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace ImOrleans.ClusterKit;

/// <summary>A cluster of the Orleans packages: messages between its silos are serialised as on a network.</summary>
public sealed class TestCluster : ITestCluster
{
    private readonly InProcessTestCluster _cluster;
    private readonly List<Node> _alive = [];

    private TestCluster(InProcessTestCluster cluster) => _cluster = cluster;

    public IReadOnlyList<ITestNode> Nodes => [.. _alive.Where(node => node != Front)];

    public ITestNode? Front { get; private set; }

    /// <summary>Starts all silos of a setup.</summary>
    public static async Task<ITestCluster> StartAsync(ClusterSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var hasFront = setup.ConfigureFront is not null;
        var builder = new InProcessTestClusterBuilder((short)(setup.Silos + (hasFront ? 1 : 0)));
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false;
        var frontName = "";
        builder.ConfigureSilo((options, silo) =>
        {
            var cut = new Cut();
            silo.Services.AddSingleton(cut);
            silo.AddOutgoingGrainCallFilter(cut);
            if (setup.Clock is { } clock)
            {
                silo.Services.AddSingleton(clock);
                silo.Services.AddKeyedSingleton(KeyedService.AnyKey, (_, _) => TimeProvider.System);
                silo.Services.AddKeyedSingleton("Orleans.Grains", clock);
            }

            if (!hasFront || Interlocked.CompareExchange(ref frontName, options.SiloName, "") != "")
            {
                setup.Configure(silo);
                return;
            }

            silo.Services.PostConfigure<GrainTypeOptions>(types =>
                types.Classes.RemoveWhere(type => setup.Grains.Contains(type.Assembly)));
            setup.ConfigureFront!(silo);
        });
        var cluster = new TestCluster(builder.Build());
        await cluster._cluster.DeployAsync();
        foreach (var silo in cluster._cluster.Silos)
            cluster._alive.Add(new(cluster, silo));
        cluster.Front = cluster._alive.Find(node => node.Name == frontName);
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

    /// <summary>Between a silo that was killed and all others.</summary>
    private sealed class Cut : IOutgoingGrainCallFilter
    {
        private volatile bool _isCut;

        public bool IsCut
        {
            get => _isCut;
            set => _isCut = value;
        }

        public Task Invoke(IOutgoingGrainCallContext context) =>
            IsCut && !IsOfOrleans(context) ? throw new SiloUnavailableException("This silo was killed.") : context.Invoke();

        // That it is gone is told by itself, so that a test need not wait until the others find out.
        private static bool IsOfOrleans(IOutgoingGrainCallContext context) =>
            context.InterfaceMethod.DeclaringType!.Namespace!.StartsWith("Orleans", StringComparison.Ordinal);
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

        public string Name => _silo.Name;

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
            // The hooks of its grains run even so; like those of a dead process, they reach nobody.
            Services.GetRequiredService<Cut>().IsCut = true;
            return _cluster._cluster.KillSiloAsync(_silo);
        }

        public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
        {
            Changed?.Invoke();
            if (status == SiloStatus.Dead)
                SiloLeft?.Invoke(updatedSilo.ToParsableString());
        }

        /// <summary>Ends when this silo knows all those as active, and what grains they have.</summary>
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
            // Which grains each of them has is told later than that it is there.
            await foreach (var manifest in Services.GetRequiredService<IClusterManifestProvider>().Updates)
                if (silos.All(manifest.Silos.ContainsKey))
                    return;
        }
    }
}
