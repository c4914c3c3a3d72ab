namespace ImOrleans.Client;

/// <summary>Which messages a slow receiver loses first: <see cref="Low"/> before <see cref="Highest"/>.</summary>
public enum MessagePriority
{
    /// <summary>Lost last.</summary>
    Highest,

    /// <summary>Lost after normal ones.</summary>
    High,

    /// <summary>The usual.</summary>
    Normal,

    /// <summary>Lost first.</summary>
    Low,
}
