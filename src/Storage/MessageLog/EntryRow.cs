using ImOrleans.Domain.Conversations;

namespace ImOrleans.Storage.MessageLog;

/// <summary>A user in a conversation within a transaction.</summary>
internal sealed class EntryRow(Stays stays, long readSeq)
{
    public Stays Stays { get; private set; } = stays;

    public bool IsIn => Stays.LeftSeq is null;

    public long ReadSeq { get; private set; } = readSeq;

    public bool IsChanged { get; private set; }

    /// <summary>That of a user who begins here.</summary>
    public static EntryRow New(long joinedSeq) => new(Stays.From(joinedSeq), joinedSeq) { IsChanged = true };

    /// <summary>The user comes again; what it did not see it need not read.</summary>
    public void Return(long joinedSeq)
    {
        if (Stays.LeftSeq < joinedSeq)
            ReadSeq = joinedSeq;
        Stays = Stays.Return(joinedSeq);
        IsChanged = true;
    }

    public void Leave(long seq)
    {
        Stays = Stays with { LeftSeq = seq };
        IsChanged = true;
    }

    public void Read(long seq)
    {
        ReadSeq = seq;
        IsChanged = true;
    }
}
