using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>
/// One silo of a <see cref="LocalCluster"/>: it holds activations and the observers of its host code.
/// </summary>
public sealed partial class LocalSilo : IHostedService, ILocalSiloDetails
{
    private readonly Dictionary<GrainType, GrainKind> _kinds = [];
    private readonly PendingCalls _pending;
    private readonly SiloMessagingOptions _messaging;
    private readonly IdleCollector _collector;
    private ClusterView? _ownView;
    private int _status;

    internal LocalSilo(IServiceProvider services, LocalCluster cluster, LocalSiloOptions options)
    {
        Services = services;
        Cluster = cluster;
        var number = cluster.NextSiloNumber();
        Name = options.Name ?? $"Silo_{number}";
        SiloAddress = SiloAddress.New(System.Net.IPAddress.Loopback, 11111, number);
        BeginsOnCallersThread = options.BeginsOnCallersThread && cluster.Turns is ThreadPoolTurnScheduler;
        ClusterId = services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId;
        Log = new RuntimeLog(services.GetRequiredService<ILoggerFactory>().CreateLogger<LocalSilo>());
        _messaging = services.GetRequiredService<IOptions<SiloMessagingOptions>>().Value;
        _pending = new PendingCalls(this, _messaging.ResponseTimeout);
        Copier = services.GetService<ICallValueCopier>();
        Observers = new ObserverRegistry(this);
        References = new GrainFactory(this);
        GrainRuntime = new GrainRuntime(this);
        var collection = services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        _collector = new IdleCollector(this, collection.CollectionQuantum);
        foreach (var type in options.GrainClasses)
        {
            var grainClass = new GrainClass(type);
            cluster.Grains.Add(grainClass);
            _kinds[grainClass.GrainType] = new GrainKind(this, grainClass, collection);
        }
    }

    public string Name { get; }

    public string ClusterId { get; }

    public string DnsHostName => "localhost";

    public SiloAddress SiloAddress { get; }

    public SiloAddress GatewayAddress => SiloAddress;

    public LocalSiloStatus Status => (LocalSiloStatus)Volatile.Read(ref _status);

    /// <summary>Makes references for this silo's host code.</summary>
    public IGrainFactory Factory => References;

    /// <summary>True once the others have taken this silo for dead though it was not.</summary>
    public bool IsPartitioned => Volatile.Read(ref _ownView) is not null;

    internal IServiceProvider Services { get; }

    internal LocalCluster Cluster { get; }

    /// <summary>What this silo takes for true about the cluster.</summary>
    internal ClusterView View => Volatile.Read(ref _ownView) ?? Cluster.SharedView;

    internal RuntimeLog Log { get; }

    internal ICallValueCopier? Copier { get; }

    internal ObserverRegistry Observers { get; }

    internal GrainFactory References { get; }

    internal GrainRuntime GrainRuntime { get; }

    /// <summary>True once nothing on this silo takes calls any more.</summary>
    internal bool IsGone => Status is LocalSiloStatus.Stopped or LocalSiloStatus.Killed;

    /// <summary>True when calls of host code may begin on its own thread.</summary>
    internal bool BeginsOnCallersThread { get; }

    internal bool DropExpiredMessages => _messaging.DropExpiredMessages;

    internal bool CancelRequestOnTimeout => _messaging.CancelRequestOnTimeout;

    // Resolved at first use: filters may depend on the grain factory, which depends on the silo.
    internal IIncomingGrainCallFilter[] IncomingFilters =>
        field ??= [.. Services.GetServices<IIncomingGrainCallFilter>()];

    internal IOutgoingGrainCallFilter[] OutgoingFilters =>
        field ??= [.. Services.GetServices<IOutgoingGrainCallFilter>()];

    /// <summary>Joins the cluster: from now on new activations may be placed here.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (TryMove(LocalSiloStatus.Created, LocalSiloStatus.Running))
        {
            Cluster.Join(this);
            _collector.Start();
            Log.SiloStarted(Name, SiloAddress.ToString());
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Leaves in order: new activations go elsewhere, each activation here ends after its running requests and
    /// its OnDeactivateAsync, what waited goes to the next activation. Then the silo is out of the cluster.
    /// </summary>
    /// <remarks>When the token is cancelled first, what is left is dropped as in <see cref="Kill"/>.</remarks>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!TryMove(LocalSiloStatus.Running, LocalSiloStatus.Stopping))
        {
            return;
        }

        View.Remove(this);
        _collector.Stop();
        try
        {
            await DeactivateAllAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Log.SiloStopCutShort(Name);
        }

        if (TryMove(LocalSiloStatus.Stopping, LocalSiloStatus.Stopped))
        {
            Leave();
        }
    }

    /// <summary>
    /// Dies: no turn of its grains starts any more and no hook runs, whoever waits for an answer from it gets
    /// <see cref="SiloUnavailableException"/> now, its grains are out of the directory, its observers are gone.
    /// </summary>
    public void Kill()
    {
        while (true)
        {
            var status = Status;
            if (status is LocalSiloStatus.Stopped or LocalSiloStatus.Killed)
            {
                return;
            }

            if (TryMove(status, LocalSiloStatus.Killed))
            {
                _collector.Stop();
                Leave();
                return;
            }
        }
    }

    /// <summary>
    /// The others take this silo for dead, and it does not know: it goes on with its grains, whose next activations
    /// come up elsewhere, so that some grains have two. What it sends and what is sent to it is lost, unless the
    /// <see cref="IMessageFaults"/> of the cluster let it through. It never comes back: end it with <see cref="Kill"/>,
    /// as a silo ends itself that learns of its death.
    /// </summary>
    /// <remarks>
    /// The others are told as of a silo that was killed. Silos that are partitioned one after the other do not reach each
    /// other.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The silo is not running.</exception>
    public void Partition()
    {
        if (Status != LocalSiloStatus.Running)
        {
            throw new InvalidOperationException($"{this} is {Status}.");
        }

        if (IsPartitioned)
        {
            return;
        }

        Volatile.Write(ref _ownView, Cluster.CutOff(this));
        FailWaitingOthers();
        Log.SiloLeft(Name, "Partitioned");
        Cluster.RaiseSiloLeft(SiloAddress);
    }

    internal GrainKind? KindOf(GrainType type) => _kinds.GetValueOrDefault(type);

    private static SiloUnavailableException Gone(GrainCall call) =>
        new($"The silo became unavailable before it answered {call}.");

    private async Task DeactivateAllAsync()
    {
        // An activation may have been placed just before the silo was excluded: look again until none is left.
        while (View.Directory.On(this).ToArray() is { Length: > 0 } activations)
        {
            var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is shutting down.");
            foreach (var activation in activations)
            {
                activation.Deactivate(reason);
            }

            await Task.WhenAll(activations.Select(static activation => activation.Deactivated));
        }
    }

    private void Leave()
    {
        View.Remove(this);
        foreach (var activation in View.Directory.On(this))
        {
            View.Directory.Remove(activation);
            activation.Kill();
        }

        Observers.Close();
        _pending.Close(Gone);
        FailWaitingOthers();
        Log.SiloLeft(Name, Status.ToString());
        if (!IsPartitioned)
        {
            Cluster.RaiseSiloLeft(SiloAddress);
        }
    }

    private void FailWaitingOthers()
    {
        foreach (var other in Cluster.SharedView.Alive)
        {
            other._pending.FailWhere(call => call.Target?.Silo == this, Gone);
        }
    }

    private bool TryMove(LocalSiloStatus from, LocalSiloStatus to) =>
        Interlocked.CompareExchange(ref _status, (int)to, (int)from) == (int)from;
}
