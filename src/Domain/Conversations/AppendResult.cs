namespace ImOrleans.Domain.Conversations;

/// <summary>What came of an append.</summary>
/// <param name="IsStored">
/// False when another activation has opened the conversation since, or it has got further: nothing of it is stored.
/// </param>
/// <param name="SentAtUnixMs">The time of all its messages; 0 when it is not stored.</param>
public readonly record struct AppendResult(bool IsStored, long SentAtUnixMs)
{
    /// <summary>The answer to an activation that has lost its conversation to another.</summary>
    public static AppendResult Fenced { get; }
}
