using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Gateways;
using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Gateways;

/// <summary>Reads the leases for this silo, now and then, from outside of any grain.</summary>
public sealed partial class GatewayLeases(
    IGrainFactory grains,
    TimeProvider clock,
    IOptions<GatewayLeaseOptions> options,
    ILogger<GatewayLeases> logger)
    : BackgroundService, IGatewayLeases
{
    private readonly ILogger _logger = logger;
    private volatile LeaseView _view = LeaseView.Empty;
    private bool _isFailing;

    /// <inheritdoc />
    public bool IsDead(GatewayId gateway, long sinceTimestamp) =>
        _view.IsDead(gateway, sinceTimestamp, clock, options.Value.LeaseDuration);

    /// <summary>Reads the leases once.</summary>
    internal async Task PollAsync()
    {
        try
        {
            var leases = await grains.GetGrain<IGatewayLeaseGrain>(IGatewayLeaseGrain.Key).ListAsync();
            var earlier = _view;
            _view = earlier.Read(leases, clock.GetTimestamp(), clock, options.Value);
            foreach (var gateway in _view.ExpiredSince(earlier, options.Value.LeaseDuration))
            {
                GrainMetrics.GatewaysExpired.Add(1);
                LogExpired(gateway);
            }

            if (_isFailing)
                LogRecovered();
            _isFailing = false;
        }
        catch (Exception exception)
        {
            // Whatever the reason, nobody is judged by what could not be read. Told once for each time of trouble.
            _view = _view.Fail();
            if (!_isFailing)
                LogPollFailed(exception);
            _isFailing = true;
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var period = new PeriodicTimer(options.Value.PollPeriod, clock);
        try
        {
            while (await period.WaitForNextTickAsync(stoppingToken))
                await PollAsync();
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    [LoggerMessage(LogEventIds.LeasePollFailed, LogLevel.Warning,
        "The leases of the gateways cannot be read; no gateway is judged until they can.")]
    private partial void LogPollFailed(Exception exception);

    [LoggerMessage(LogEventIds.LeasePollRecovered, LogLevel.Information, "The leases of the gateways can be read again.")]
    private partial void LogRecovered();

    [LoggerMessage(LogEventIds.GatewayExpired, LogLevel.Warning,
        "Gateway {GatewayId} has been silent for a lease's length; it is given up for lost.")]
    private partial void LogExpired(GatewayId gatewayId);
}
