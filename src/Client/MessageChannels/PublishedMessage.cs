namespace ImOrleans.Client;

/// <summary>A message channel has taken a message.</summary>
/// <param name="Position">The message's place.</param>
/// <param name="SentAt">The server's clock when it took the message; subscribers get the same.</param>
public sealed record PublishedMessage(MessagePosition Position, DateTimeOffset SentAt);
