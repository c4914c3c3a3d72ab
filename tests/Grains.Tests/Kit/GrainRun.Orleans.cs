using ImOrleans.ClusterKit;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.Kit;

/// <summary>
/// Runs the grains of a test on Orleans, on two silos at least; what the test does returns when all that follows from
/// it has come to rest, as on the Local runtime. The clock of the grains is the test's.
/// </summary>
public abstract class GrainRun : IAsyncLifetime
{
    private readonly QuietWatch _watch = new();
    private ITestCluster _cluster = null!;

    protected ManualTimeProvider Clock { get; } = new();

    /// <summary>The silos with grains.</summary>
    protected IReadOnlyList<GrainSilo> Silos { get; private set; } = [];

    /// <summary>For calls and gateways that outlive the silos.</summary>
    protected IGrainFactory Grains => _cluster.Front!.Grains;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    private protected void StartSilos(int silos, Action<IServiceCollection> configure)
    {
        _cluster = Wait(() => TestCluster.StartAsync(new()
        {
            Silos = Math.Max(2, silos),
            Clock = Clock,
            Grains = GrainTest.Assemblies,
            Configure = silo =>
            {
                _watch.AddTo(silo.Services);
                configure(silo.Services);
            },
            ConfigureFront = silo => _watch.AddTo(silo.Services),
        }));
        Silos = [.. _cluster.Nodes.Select(node => new GrainSilo(node, this))];
    }

    /// <summary>Does something, and waits until all that follows has happened.</summary>
    protected void Do(Action action) => Do(() =>
    {
        action();
        return Task.FromResult(true);
    });

    /// <summary>Runs a call to its end; the clock stands still.</summary>
    protected T Do<T>(Func<Task<T>> call)
    {
        try
        {
            return Wait(call);
        }
        finally
        {
            Settle();
        }
    }

    /// <summary>Starts a call that will wait for something the test does later.</summary>
    protected Task<T> Begin<T>(Func<Task<T>> call)
    {
        // Until the call is on its way all seems to have come to rest.
        var begun = new TaskCompletionSource();
        var task = Task.Run(() =>
        {
            try
            {
                return call();
            }
            finally
            {
                begun.SetResult();
            }
        });
        Wait(() => begun.Task.ContinueWith(_ => true, TaskScheduler.Default));
        Settle();
        return task;
    }

    /// <summary>Moves the clock timer by timer, and lets everything run in between.</summary>
    protected void Advance(TimeSpan by)
    {
        var end = Clock.Elapsed + by;
        while (Clock.AdvanceToNextTimer(end - Clock.Elapsed))
            Settle();
        Clock.Advance(end - Clock.Elapsed);
        Settle();
    }

    /// <summary>What a task that was begun earlier comes to.</summary>
    private protected T Finish<T>(Task<T> task) => Do(() => task);

    private static T Wait<T>(Func<Task<T>> call) => Task.Run(() => Task.Run(call).Guard()).GetAwaiter().GetResult();

    private void Settle() => Wait(async () =>
    {
        await _watch.QuietAsync();
        return true;
    });

    /// <summary>One silo.</summary>
    public sealed class GrainSilo
    {
        private readonly ITestNode _silo;
        private readonly GrainRun _run;

        internal GrainSilo(ITestNode silo, GrainRun run) => (_silo, _run) = (silo, run);

        public string Address => _silo.Address;

        public IServiceProvider Services => _silo.Services;

        /// <summary>Kills it, and waits until all others know.</summary>
        public void Kill() => Wait(async () =>
        {
            var others = _run._cluster.Nodes.Append(_run._cluster.Front!).Where(node => node != _silo).ToList();
            var known = Task.WhenAll(others.Select(other => DepartureAsync(other, Address)));
            await _silo.KillAsync();
            await known;
            _run._watch.ForgetLost();
            return true;
        });

        public Task StopAsync() => _silo.StopAsync();

        private static Task DepartureAsync(ITestNode witness, string address)
        {
            var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            witness.SiloLeft += left =>
            {
                if (left == address)
                    heard.TrySetResult();
            };
            return heard.Task;
        }
    }
}
