using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.MessageLog.Writes;

/// <summary>Takes users in and lets users go.</summary>
internal sealed class MembersWrite(MembersChange change) : LogWrite<bool>
{
    public override int Bytes { get; } = 256 + (72 * (OrNone(change.Joining).Length + OrNone(change.Leaving).Length));

    public override void Ask(LogBatch batch)
    {
        batch.AskHead(change.Key);
        foreach (var user in OrNone(change.Joining).Concat(OrNone(change.Leaving)))
            batch.AskEntry(user, change.Key);
    }

    public override void Apply(LogBatch batch)
    {
        var head = batch.HeadOf(change.Key)?.Head;
        Answer = head?.Epoch == change.Epoch;
        if (!Answer)
            return;
        foreach (var user in OrNone(change.Joining))
            batch.Enter(user, change.Key, head!.Seq);
        foreach (var user in OrNone(change.Leaving))
            if (batch.EntryOf(user, change.Key) is { IsIn: true } entry)
                entry.Leave(head!.Seq);
    }

    private static ImmutableArray<UserId> OrNone(ImmutableArray<UserId> users) => users.IsDefault ? [] : users;
}
