namespace ImOrleans.Client;

/// <summary>A message of a conversation that is on the server's disk.</summary>
/// <param name="UId">Its name everywhere.</param>
/// <param name="Seq">Its number in its conversation.</param>
/// <param name="SentAt">When it was stored, by the server's clock.</param>
public sealed record SentMessage(string UId, long Seq, DateTimeOffset SentAt)
{
    /// <summary>
    /// Whether words that are not allowed were masked: it was stored and delivered so, and is not what the app wrote. (21502)
    /// </summary>
    public bool IsMasked { get; init; }
}
