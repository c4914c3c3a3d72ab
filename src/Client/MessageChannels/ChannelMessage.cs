namespace ImOrleans.Client;

/// <summary>A message in a message channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Publisher">The publisher's user id.</param>
/// <param name="Payload">What it carries.</param>
/// <param name="CustomType">The sender's label; null when it gave none.</param>
/// <param name="SentAt">The server's clock when the channel took the message.</param>
/// <param name="Position">The message's place.</param>
public sealed record ChannelMessage(
    string Channel,
    string Publisher,
    Payload Payload,
    string? CustomType,
    DateTimeOffset SentAt,
    MessagePosition Position) : FeedItem
{
    /// <summary>
    /// Whether messages between the one before and this one are missing, or may be: they could not be had again.
    /// </summary>
    public bool GapBefore { get; init; }
}
