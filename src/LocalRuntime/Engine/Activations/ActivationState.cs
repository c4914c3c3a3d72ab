namespace ImOrleans.LocalRuntime;

/// <summary>The life of an activation, in order.</summary>
internal enum ActivationState : byte
{
    /// <summary>In the directory; its first turn will make the instance.</summary>
    Creating,

    /// <summary>The instance is made and OnActivateAsync runs.</summary>
    Activating,

    /// <summary>Takes requests.</summary>
    Valid,

    /// <summary>Takes no new requests; running ones end, then OnDeactivateAsync runs.</summary>
    Deactivating,

    /// <summary>Gone. Requests go to the next activation.</summary>
    Invalid,
}
