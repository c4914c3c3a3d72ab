namespace ImOrleans.Client;

/// <summary>A message from one user to another, or to oneself.</summary>
/// <param name="Sender">The sender's user id.</param>
/// <param name="Receiver">The receiver's user id: one's own.</param>
/// <param name="Payload">What it carries.</param>
/// <param name="CustomType">The sender's label; null when it gave none.</param>
/// <param name="SentAt">The server's clock when the message was taken.</param>
public sealed record UserMessage(
    string Sender, string Receiver, Payload Payload, string? CustomType, DateTimeOffset SentAt) : FeedItem;
