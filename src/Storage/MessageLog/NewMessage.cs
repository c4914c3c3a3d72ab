using ImOrleans.Domain.Conversations;

namespace ImOrleans.Storage.MessageLog;

/// <summary>A message that a transaction stores.</summary>
/// <param name="Conversation">The head of its conversation.</param>
/// <param name="Seq">Its place there.</param>
/// <param name="CountedTotal">How many messages are counted, up to it and with it.</param>
/// <param name="Message">What was sent.</param>
/// <param name="Name">Its sender's name for it.</param>
internal sealed record NewMessage(HeadRow Conversation, long Seq, long CountedTotal, ChatMessage Message, ClientName? Name);
