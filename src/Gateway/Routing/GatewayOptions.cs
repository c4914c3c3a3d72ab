using System.ComponentModel.DataAnnotations;

namespace ImOrleans.Gateway.Routing;

/// <summary>How a gateway keeps itself known to the cluster.</summary>
public sealed class GatewayOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Gateway";

    /// <summary>How often the gateway renews its lease. Silos take it for dead after 30 s without a renewal.</summary>
    /// <remarks><b>Range:</b> 1 to 15 s. <b>Default:</b> 10 s.</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:15")]
    public TimeSpan LeaseRenewal { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>In how many seconds the rolling check has compared every route with its grain.</summary>
    /// <remarks><b>Range:</b> 5 to 3600. <b>Default:</b> 60.</remarks>
    [Range(5, 3600)]
    public int CheckRoundSeconds { get; set; } = 60;
}
