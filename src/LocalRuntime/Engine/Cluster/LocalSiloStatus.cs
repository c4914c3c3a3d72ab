namespace ImOrleans.LocalRuntime;

/// <summary>The life of a silo, in order.</summary>
public enum LocalSiloStatus
{
    /// <summary>Made, but takes no grains yet.</summary>
    Created,

    /// <summary>Takes grains and calls.</summary>
    Running,

    /// <summary>Ends its grains one by one; new activations go elsewhere.</summary>
    Stopping,

    /// <summary>Gone after it ended its grains.</summary>
    Stopped,

    /// <summary>Gone without a word.</summary>
    Killed,
}
