using ImOrleans.Gateway.Diagnostics;
using ImOrleans.Grains.Abstractions.Gateways;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Routing;

/// <summary>
/// What a gateway does without being asked: renew its lease, register anew what a lost silo held, and compare a share
/// of
/// its routes with their grains each second.
/// </summary>
internal sealed partial class GatewayUpkeep(
    GatewayIdentity identity, RouteTable routes, RouteRegistrar registrar, ISiloMembership membership,
    IGrainFactory grains, IOptions<GatewayOptions> options, TimeProvider clock, ILogger<GatewayUpkeep> logger) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Queue<Route> _toCheck = new();
    private Task _renewing = Task.CompletedTask;
    private Task _checking = Task.CompletedTask;

    /// <summary>Asked for at each use: a client of a cluster knows the grains only once it is connected.</summary>
    private IGatewayLeaseGrain Leases => grains.GetGrain<IGatewayLeaseGrain>(IGatewayLeaseGrain.Key);

    /// <summary>True when the last renewal was answered: the cluster can be reached.</summary>
    public bool IsLeaseHeld { get; private set; }

    /// <summary>Takes the lease and begins.</summary>
    public async Task StartAsync()
    {
        membership.SiloLeft += OnSiloLeft;
        await RenewAsync();
        _renewing = EveryAsync(options.Value.LeaseRenewal, RenewAsync);
        _checking = EveryAsync(Tick, CheckShareAsync);
    }

    /// <summary>True when another gateway was heard of in the last minute, and has not said good-bye.</summary>
    public async Task<bool> HasOthersAsync()
    {
        try
        {
            return (await Leases.ListAsync()).Any(lease => !lease.IsReleased && lease.Gateway != identity.Id);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>Gives the lease back, so that grains forget this gateway at once.</summary>
    public async Task StopAsync()
    {
        membership.SiloLeft -= OnSiloLeft;
        EndLoops();
        await _renewing;
        await _checking;
        try
        {
            await Leases.ReleaseAsync(identity.Id);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogLeaseNotRenewed(logger, failure);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _stopping.Dispose();

    /// <summary>What is cancelled ends on its own scheduler; nothing runs in here.</summary>
    private void EndLoops() => _stopping.Cancel();

    private void OnSiloLeft(string silo)
    {
        var lost = 0;
        foreach (var route in routes.All)
        {
            lock (route.Gate)
            {
                if (route.Silo != silo)
                    continue;
                route.Invalidate();
            }

            lost++;
            registrar.Schedule(route);
        }

        LogSiloLeft(logger, silo, lost);
    }

    private async Task RenewAsync()
    {
        try
        {
            await Leases.RenewAsync(identity.Id);
            IsLeaseHeld = true;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            IsLeaseHeld = false;
            LogLeaseNotRenewed(logger, failure);
        }
    }

    private async Task CheckShareAsync()
    {
        var share = (routes.Count / options.Value.CheckRoundSeconds) + 1;
        if (_toCheck.Count == 0)
            foreach (var route in routes.All)
                _toCheck.Enqueue(route);
        while (share-- > 0 && _toCheck.TryDequeue(out var route))
            await CheckAsync(route);
    }

    private async Task CheckAsync(Route route)
    {
        try
        {
            Task<bool> answer;
            lock (route.Gate)
            {
                if (!route.IsSettled)
                    return;
                answer = route.CheckAsync(new(identity.Id, route.Epoch, route.Digest()));
            }

            var isKnown = await answer;
            lock (route.Gate)
            {
                // What changed while the question was under way proves nothing.
                if (isKnown || !route.IsSettled)
                    return;
                route.Invalidate();
            }

            LogCheckFailed(logger, route.Key);
            registrar.Schedule(route);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            registrar.Invalidate(route);
        }
    }

    private async Task EveryAsync(TimeSpan period, Func<Task> action)
    {
        using var timer = new PeriodicTimer(period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await action();
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    [LoggerMessage(EventId = LogEventIds.SiloLeft, Level = LogLevel.Warning,
        Message = "Silo {Silo} has left; {Routes} routes are registered anew")]
    private static partial void LogSiloLeft(ILogger logger, string silo, int routes);

    [LoggerMessage(EventId = LogEventIds.LeaseNotRenewed, Level = LogLevel.Warning,
        Message = "The gateway's lease could not be renewed")]
    private static partial void LogLeaseNotRenewed(ILogger logger, Exception failure);

    [LoggerMessage(EventId = LogEventIds.CheckFailed, Level = LogLevel.Information,
        Message = "The grain of route {Route} held another registration; it is registered anew")]
    private static partial void LogCheckFailed(ILogger logger, string route);
}
