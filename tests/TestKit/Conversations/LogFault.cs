namespace ImOrleans.TestKit.Conversations;

/// <summary>What becomes of a write.</summary>
public enum LogFault
{
    /// <summary>Nothing special: it is done.</summary>
    None,

    /// <summary>It fails before anything was done, and says so.</summary>
    Refused,

    /// <summary>Its outcome is unknown: it was not done, and never will be.</summary>
    Lost,

    /// <summary>Its outcome is unknown: it was done.</summary>
    Done,

    /// <summary>Its outcome is unknown: it will be done by <see cref="MemoryMessageLog.ApplyLate"/>.</summary>
    Late,
}
