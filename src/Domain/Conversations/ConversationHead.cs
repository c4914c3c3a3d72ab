namespace ImOrleans.Domain.Conversations;

/// <summary>How far a conversation has got.</summary>
/// <param name="Epoch">Which activation may append: the last one that opened it. Rises from 1.</param>
/// <param name="Seq">The number of the last message; 0 when there is none yet.</param>
/// <param name="CountedTotal">How many of its messages are counted; the difference of two is what came in between.</param>
/// <param name="LastAtUnixMs">When the last message was stored; 0 when there is none.</param>
/// <param name="LastVisibleSeq">The last message that all members see; 0 when there is none.</param>
[GenerateSerializer, Immutable, Alias("im.ConversationHead")]
public sealed record ConversationHead(
    [property: Id(0)] long Epoch,
    [property: Id(1)] long Seq,
    [property: Id(2)] long CountedTotal,
    [property: Id(3)] long LastAtUnixMs,
    [property: Id(4)] long LastVisibleSeq)
{
    /// <summary>That of a conversation that nobody has opened yet.</summary>
    public static ConversationHead None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>That after one more message.</summary>
    public ConversationHead With(ChatMessage message, long sentAtUnixMs)
    {
        ArgumentNullException.ThrowIfNull(message);
        return this with
        {
            Seq = Seq + 1,
            CountedTotal = CountedTotal + (message.Flags.HasFlag(MessageFlags.Counted) ? 1 : 0),
            LastAtUnixMs = sentAtUnixMs,
            LastVisibleSeq = message.Flags.HasFlag(MessageFlags.Directed) ? LastVisibleSeq : Seq + 1,
        };
    }
}
