using ImOrleans.Grains.Tests.Local;
using ImOrleans.LocalRuntime;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.Kit;

/// <summary>Runs the grains of a test on the Local runtime: one thread, one seed, one clock.</summary>
public abstract class GrainRun : TurnTest, IAsyncLifetime
{
    private readonly List<TestSilo> _all = [];
    private TestSilo _host = null!;

    protected LocalCluster Cluster { get; private set; } = null!;

    /// <summary>The silos with grains.</summary>
    protected IReadOnlyList<GrainSilo> Silos { get; private set; } = [];

    /// <summary>For calls and gateways that outlive the silos.</summary>
    protected IGrainFactory Grains => _host.Grains;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var silo in _all)
            await silo.DisposeAsync();
    }

    private protected void StartSilos(int silos, Action<IServiceCollection> configure)
    {
        Cluster = new LocalCluster(Clock, Turns, placementSeed: 1);
        _host = AddSilo(static _ => { });
        Silos = [.. Enumerable.Range(0, silos).Select(_ => new GrainSilo(AddSilo(builder =>
        {
            foreach (var assembly in GrainTest.Assemblies)
                builder.AddGrains(assembly);
            configure(builder.Services);
        }), this))];
    }

    /// <summary>What a task that was begun earlier has come to.</summary>
    private protected static T Finish<T>(Task<T> task) => task.Now();

    private TestSilo AddSilo(Action<Orleans.Hosting.ISiloBuilder> configure)
    {
        var silo = Do(() => TestSilo.StartAsync(Cluster, configure));
        _all.Add(silo);
        return silo;
    }

    /// <summary>One silo.</summary>
    public sealed class GrainSilo
    {
        private readonly TestSilo _silo;
        private readonly GrainRun _run;

        internal GrainSilo(TestSilo silo, GrainRun run) => (_silo, _run) = (silo, run);

        public string Address => _silo.Address.ToParsableString();

        public IServiceProvider Services => _silo.Services;

        public void Kill() => _run.Do(_silo.Kill);

        public Task StopAsync() => _silo.StopAsync();
    }
}
