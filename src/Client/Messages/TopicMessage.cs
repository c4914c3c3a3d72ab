namespace ImOrleans.Client;

/// <summary>A message that a publisher sent in a topic.</summary>
/// <param name="Channel">The stream channel.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Publisher">The publisher's user id.</param>
/// <param name="Payload">What it carries.</param>
/// <param name="CustomType">The sender's label; null when it gave none.</param>
/// <param name="SentAt">The server's clock when the topic took the message.</param>
/// <param name="SendTimestamp">The sender's own time stamp; null when it gave none.</param>
public sealed record TopicMessage(
    string Channel,
    string Topic,
    string Publisher,
    Payload Payload,
    string? CustomType,
    DateTimeOffset SentAt,
    long? SendTimestamp) : FeedItem;
