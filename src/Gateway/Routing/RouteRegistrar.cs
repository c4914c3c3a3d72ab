using ImOrleans.Gateway.Diagnostics;
using ImOrleans.Grains.Abstractions.Delivery;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Routing;

/// <summary>States to grains what this gateway has confirmed of them, again and again until they know it.</summary>
internal sealed partial class RouteRegistrar(
    GatewayIdentity identity, GatewayObservers observers, TimeProvider clock, ILogger<RouteRegistrar> logger)
    : IDisposable
{
    /// <summary>
    /// Registrations at once: enough to refill a lost silo in seconds, few enough not to flood the next.
    /// </summary>
    private const int ConcurrencyMax = 64;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _slots = new(ConcurrencyMax);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Called when a registration has ended and its route may be of no use any more.</summary>
    public Action<Route>? Settled { get; set; }

    /// <summary>A number above all that calls of this gateway have carried so far.</summary>
    public long NextNumber() => identity.NextGeneration();

    /// <summary>The head of a call on a route. Under the route's gate.</summary>
    public RouteUpdate NextUpdate(Route route) => new(observers.For(route), identity.NextGeneration(), route.Epoch);

    /// <summary>Marks a route and registers it in the background.</summary>
    public void Invalidate(Route route)
    {
        lock (route.Gate)
            route.Invalidate();
        Schedule(route);
    }

    /// <summary>
    /// Marks a route, on which a call was overtaken or turned away, and registers it in the background. Not when it has
    /// been registered since, or is being so: that registration says all, and another one would only overtake the calls
    /// that were begun after it.
    /// </summary>
    public void Invalidate(Route route, RouteUpdate call)
    {
        lock (route.Gate)
            if (route.HasRegisteredSince(call))
                return;
        Invalidate(route);
    }

    /// <summary>Registers a marked route in the background, and tries again until its grain knows it.</summary>
    public void Schedule(Route route)
    {
        lock (route.Gate)
        {
            if (_stopping.IsCancellationRequested || route.IsBeingRepaired || !route.NeedsRegistration)
                return;
            route.IsBeingRepaired = true;
        }

        _ = RepairAsync(route);
    }

    /// <summary>Completes when the route is registered; false when its grain cannot be reached now.</summary>
    public Task<bool> EnsureAsync(Route route)
    {
        TaskCompletionSource<bool> ended;
        lock (route.Gate)
        {
            if (route.Registration is { } underWay)
                return underWay;
            if (!route.NeedsRegistration)
                return Task.FromResult(true);
            ended = new(); // Completed outside of the gate, as the last thing that is done.
            route.Registration = ended.Task;
        }

        _ = AttemptAsync(route, ended);
        return ended.Task;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task RepairAsync(Route route)
    {
        var pause = FirstPause;
        try
        {
            while (true)
            {
                if (await EnsureAsync(route))
                    lock (route.Gate)
                        if (!route.NeedsRegistration)
                        {
                            route.IsBeingRepaired = false;
                            break;
                        }

                await Task.Delay(pause, clock, _stopping.Token);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException)
        {
            // The gateway stops; its lease ends with it.
            return;
        }

        Settled?.Invoke(route);
    }

    private async Task AttemptAsync(Route route, TaskCompletionSource<bool> ended)
    {
        await _slots.WaitAsync();
        RouteStamp? stamp = null;
        try
        {
            Task<Domain.Errors.Outcome<RouteStamp>> call;
            lock (route.Gate)
            {
                var update = NextUpdate(route);
                route.BeginRegistration(update.Generation);
                call = route.RegisterAsync(update);
            }

            stamp = (await call).Value;
            GatewayMetrics.Registrations.Add(1);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogRegistrationFailed(logger, failure, route.Key);
        }
        finally
        {
            _slots.Release();
        }

        lock (route.Gate)
        {
            route.EndRegistration(stamp);
            route.ReleaseEarly();
            route.Registration = null;
        }

        route.RunFanOuts();
        ended.SetResult(stamp is not null);
    }

    [LoggerMessage(EventId = LogEventIds.RegistrationFailed, Level = LogLevel.Warning,
        Message = "Route {Route} could not be registered; it is tried again")]
    private static partial void LogRegistrationFailed(ILogger logger, Exception failure, string route);
}
