namespace ImOrleans.Storage.MessageLog;

/// <summary>A user in a conversation within a transaction.</summary>
internal sealed class EntryRow(long joinedSeq, long? leftSeq, long readSeq)
{
    public long JoinedSeq => joinedSeq;

    public long? LeftSeq { get; private set; } = leftSeq;

    public long ReadSeq { get; private set; } = readSeq;

    public bool IsChanged { get; private set; }

    /// <summary>That of a user who begins here.</summary>
    public static EntryRow New(long joinedSeq) => new(joinedSeq, null, joinedSeq) { IsChanged = true };

    public void Leave(long seq)
    {
        LeftSeq = seq;
        IsChanged = true;
    }

    public void Read(long seq)
    {
        ReadSeq = seq;
        IsChanged = true;
    }
}
