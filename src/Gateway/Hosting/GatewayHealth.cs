using ImOrleans.Gateway.Routing;

namespace ImOrleans.Gateway.Hosting;

/// <summary>Whether this gateway should be sent clients.</summary>
internal sealed class GatewayHealth(GatewayUpkeep upkeep)
{
    /// <summary>True between the start and the begin of a stop.</summary>
    public bool IsReady { get; set; }

    /// <summary>Why no clients should come; null when they may.</summary>
    public string? Unready =>
        !IsReady ? "The gateway is starting or stopping."
        : !upkeep.IsLeaseHeld ? "The cluster cannot be reached: the gateway's lease is not renewed."
        : null;
}
