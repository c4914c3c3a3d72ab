namespace ImOrleans.Gateway.ServerApi;

/// <summary>What came of using a nonce.</summary>
internal enum NonceUse
{
    /// <summary>It was not used before.</summary>
    First,

    /// <summary>It was used before.</summary>
    Again,

    /// <summary>Whether it was used before could not be known for the next one.</summary>
    NoRoom,
}
