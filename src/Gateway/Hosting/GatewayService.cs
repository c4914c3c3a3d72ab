using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Diagnostics;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Hosting;

/// <summary>
/// Starts the gateway's work after the silo's, and ends it before: clients are told to come back elsewhere.
/// </summary>
internal sealed partial class GatewayService(
    GatewayIdentity identity, GatewayObservers observers, RouteTable routes, RouteRegistrar registrar,
    GatewayUpkeep upkeep, InboxUpkeep inboxes, SessionLifecycle lifecycle, GatewayHealth health, IHostApplicationLifetime host,
    TimeProvider clock, ILogger<GatewayService> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan StallCheck = TimeSpan.FromSeconds(5);

    /// <summary>How long clients have to take what they are told at a stop.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    /// <summary>How long sessions stay for other gateways to fetch: twice the time over which clients are spread.</summary>
    private static readonly TimeSpan DrainPatience = ReconnectDelay.Spread * 2;

    private ITimer? _stallTimer;
    private CancellationTokenRegistration _onStopping;

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        routes.Notices = lifecycle;
        registrar.Settled = routes.DropIfUnused;
        observers.Start(routes, registrar);
        await upkeep.StartAsync();
        inboxes.Start();
        _stallTimer = clock.CreateTimer(_ => lifecycle.CloseStalled(), null, StallCheck, StallCheck);
        // Registered late, so it runs before the web server drops the connections.
        _onStopping = host.ApplicationStopping.Register(OnStopping);
        health.IsReady = true;
        LogStarted(logger, identity.Id);
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await lifecycle.DrainedAsync(DrainPatience).WaitAsync(cancellationToken);
        await Task.WhenAll(lifecycle.All.Select(session => lifecycle.EndAsync(session))).WaitAsync(cancellationToken);
        await inboxes.StopAsync().WaitAsync(cancellationToken);
        await upkeep.StopAsync().WaitAsync(cancellationToken);
        observers.Stop();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stallTimer?.Dispose();
        _onStopping.Dispose();
    }

    private void OnStopping()
    {
        health.IsReady = false;
        LogStopping(logger, identity.Id, lifecycle.All.Count);
        // SignalR cuts all connections off once this returns, whatever still waits in them.
        Task.WaitAny([SendElsewhereAsync()], StopPatience);
    }

    private async Task SendElsewhereAsync() => await lifecycle.StopAsync(await upkeep.HasOthersAsync());

    [LoggerMessage(EventId = LogEventIds.GatewayStarted, Level = LogLevel.Information,
        Message = "Gateway {GatewayId} takes connections")]
    private static partial void LogStarted(ILogger logger, GatewayId gatewayId);

    [LoggerMessage(EventId = LogEventIds.GatewayStopping, Level = LogLevel.Information,
        Message = "Gateway {GatewayId} stops and sends {Sessions} sessions elsewhere")]
    private static partial void LogStopping(ILogger logger, GatewayId gatewayId, int sessions);
}
