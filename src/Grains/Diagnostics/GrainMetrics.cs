using System.Diagnostics.Metrics;

namespace ImOrleans.Grains.Diagnostics;

/// <summary>The numbers that operators watch. No tag ever holds the id of a user, a channel or a connection.</summary>
internal static class GrainMetrics
{
    /// <summary>The name of the product's meter.</summary>
    public const string MeterName = "ImOrleans";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>Items that a grain dropped since a gateway's queue was full.</summary>
    public static Counter<long> DeliveriesDropped { get; } = Meter.CreateCounter<long>(
        "imorleans.deliveries.dropped", "{item}", "Items dropped for room before they left for a gateway.");

    /// <summary>Batches that were sent again since no answer came.</summary>
    public static Counter<long> BatchesRepeated { get; } = Meter.CreateCounter<long>(
        "imorleans.batches.repeated", "{batch}", "Batches sent to a gateway again for want of an answer.");

    /// <summary>Gateways whose lease ended without a good-bye, as this silo saw it.</summary>
    public static Counter<long> GatewaysExpired { get; } = Meter.CreateCounter<long>(
        "imorleans.gateways.expired", "{gateway}", "Gateways whose lease ran out.");
}
