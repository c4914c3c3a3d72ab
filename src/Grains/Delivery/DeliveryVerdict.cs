namespace ImOrleans.Grains.Delivery;

/// <summary>What became of an item that somebody waits for.</summary>
internal enum DeliveryVerdict
{
    /// <summary>At least one session got it.</summary>
    Reached,

    /// <summary>Every gateway answered, and none had a session for it.</summary>
    Nobody,

    /// <summary>It was dropped before it left: surely not delivered.</summary>
    Dropped,

    /// <summary>It left, and no answer came.</summary>
    Unknown,
}
