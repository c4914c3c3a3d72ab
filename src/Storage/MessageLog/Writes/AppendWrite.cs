using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.MessageLog.Writes;

/// <summary>Appends messages, all or none.</summary>
internal sealed class AppendWrite(ConversationAppend append) : LogWrite<AppendResult>
{
    public override int Bytes { get; } = 256 + append.Messages.Sum(message => message.Bytes);

    public override void Ask(LogBatch batch)
    {
        batch.AskHead(append.Key);
        foreach (var user in Entering)
            batch.AskEntry(user, append.Key);
        foreach (var message in append.Messages)
            if (ClientName.Of(append.Key, message) is { } name)
                batch.AskName(name);
    }

    public override void Apply(LogBatch batch)
    {
        Answer = AppendResult.Fenced;
        if (batch.HeadOf(append.Key) is not { } row
            || (append.Epoch, append.FirstSeq) != (row.Head.Epoch, row.Head.Seq + 1))
            return;
        foreach (var message in append.Messages)
            if (ClientName.Of(append.Key, message) is { } name && batch.IsUsed(name))
            {
                Refuse(LogArguments.Repeated(message));
                return;
            }

        foreach (var user in Entering)
            batch.Enter(user, append.Key, append.FirstSeq - 1);
        foreach (var message in append.Messages)
            batch.Add(row, message, ClientName.Of(append.Key, message));
        Answer = new(true, TimeToCome);
    }

    public override void Stamp(long sentAtUnixMs)
    {
        if (Answer.IsStored)
            Answer = new(true, sentAtUnixMs);
    }

    private ImmutableArray<UserId> Entering => append.Entering.IsDefault ? [] : append.Entering;
}
