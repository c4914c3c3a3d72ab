namespace ImOrleans.Grains.Delivery;

/// <summary>Why a grain gives a gateway's registration up.</summary>
internal enum GatewayLoss
{
    /// <summary>Its lease ended.</summary>
    Dead,

    /// <summary>It answered that it does not know this route.</summary>
    Unknown,

    /// <summary>What must arrive did not fit its queue any more.</summary>
    Overflow,
}
