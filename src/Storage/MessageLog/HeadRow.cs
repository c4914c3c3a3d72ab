using ImOrleans.Domain.Conversations;

namespace ImOrleans.Storage.MessageLog;

/// <summary>The head of a conversation within a transaction.</summary>
/// <param name="id">The small number by which rows name the conversation.</param>
/// <param name="head">As it is stored.</param>
/// <param name="lastMessageId">The row of its last message, where rows are chained; else 0.</param>
internal sealed class HeadRow(long id, ConversationHead head, long lastMessageId = 0)
{
    public long Id => id;

    public ConversationHead Head { get; private set; } = head;

    public long LastMessageId { get; set; } = lastMessageId;

    public bool IsChanged { get; private set; }

    public void Change(ConversationHead head)
    {
        Head = head;
        IsChanged = true;
    }
}
