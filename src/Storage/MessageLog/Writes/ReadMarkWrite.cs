using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.MessageLog.Writes;

/// <summary>Moves how far a user has read.</summary>
internal sealed class ReadMarkWrite(UserId user, ConversationKey key, long readSeq) : LogWrite<bool>
{
    public override void Ask(LogBatch batch)
    {
        batch.AskSeq(key);
        batch.AskEntry(user, key);
    }

    public override void Apply(LogBatch batch)
    {
        if (readSeq <= batch.SeqOf(key) && batch.EntryOf(user, key) is { } entry && readSeq > entry.ReadSeq)
            entry.Read(readSeq);
    }
}
