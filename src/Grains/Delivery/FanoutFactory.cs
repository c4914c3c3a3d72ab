using ImOrleans.Grains.Gateways;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Delivery;

/// <summary>Gives each activation its side of interest routing.</summary>
public sealed class FanoutFactory(
    TimeProvider clock,
    IEpochSource epochs,
    IGatewayLeases leases,
    IOptions<DeliveryOptions> options)
{
    internal TimeProvider Clock => clock;

    internal DeliveryOptions Options => options.Value;

    /// <param name="route">The key of the grain.</param>
    /// <param name="silo">Where it lives.</param>
    /// <param name="logger">The grain's own.</param>
    /// <param name="wake">Asks for a turn of the grain in which lost gateways are taken.</param>
    internal Fanout Create(string route, string silo, ILogger logger, Action wake) =>
        new(new(route, epochs.NextEpoch(), clock, leases, options.Value, logger), silo, wake);
}
