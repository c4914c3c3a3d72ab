namespace ImOrleans.Grains.Storing;

/// <summary>How a write has ended.</summary>
internal enum WriteEnd
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>It is not stored, and will not be.</summary>
    NotStored,

    /// <summary>It may be stored, or may have been when others wrote, or may be yet.</summary>
    Unknown,
}
