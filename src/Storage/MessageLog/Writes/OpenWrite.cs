using ImOrleans.Domain.Conversations;

namespace ImOrleans.Storage.MessageLog.Writes;

/// <summary>Takes the next epoch.</summary>
internal sealed class OpenWrite(ConversationKey key) : LogWrite<ConversationHead>
{
    public override void Ask(LogBatch batch) => batch.AskHead(key, isNewTaken: true);

    public override void Apply(LogBatch batch)
    {
        var row = batch.HeadOf(key)!;
        row.Change(row.Head with { Epoch = row.Head.Epoch + 1 });
        Answer = row.Head;
    }

    public override void Stamp(long sentAtUnixMs)
    {
        if (Answer!.LastAtUnixMs == TimeToCome)
            Answer = Answer with { LastAtUnixMs = sentAtUnixMs };
    }
}
