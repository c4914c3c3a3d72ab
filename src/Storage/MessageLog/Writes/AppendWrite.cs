using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.MessageLog.Writes;

/// <summary>Appends messages, all or none.</summary>
internal sealed class AppendWrite(ConversationAppend append) : LogWrite<AppendResult>
{
    /// <summary>Made where the write is, so that the one writer is spared it.</summary>
    private readonly ClientName?[] _names = [.. append.Messages.Select(message => ClientName.Of(append.Key, message))];

    public override int Bytes { get; } = 256 + append.Messages.Sum(message => message.Bytes);

    public override void Ask(LogBatch batch)
    {
        batch.AskHead(append.Key);
        foreach (var user in Entering)
            batch.AskEntry(user, append.Key);
        foreach (var name in _names)
            if (name is not null)
                batch.AskName(name);
    }

    public override void Apply(LogBatch batch)
    {
        Answer = AppendResult.Fenced;
        if (batch.HeadOf(append.Key) is not { } row
            || (append.Epoch, append.FirstSeq) != (row.Head.Epoch, row.Head.Seq + 1))
            return;
        if (Array.FindIndex(_names, name => name is not null && batch.IsUsed(name)) is var used and >= 0)
        {
            Refuse(LogArguments.Repeated(append.Messages[used]));
            return;
        }

        foreach (var user in Entering)
            batch.Enter(user, append.Key, append.FirstSeq - 1);
        for (var i = 0; i < _names.Length; i++)
            batch.Add(row, append.Messages[i], _names[i]);
        Answer = new(true, TimeToCome);
    }

    public override void Stamp(long sentAtUnixMs)
    {
        if (Answer.IsStored)
            Answer = new(true, sentAtUnixMs);
    }

    private ImmutableArray<UserId> Entering => append.Entering.IsDefault ? [] : append.Entering;
}
