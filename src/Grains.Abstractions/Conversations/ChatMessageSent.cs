using ImOrleans.Domain.Conversations;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>A message is on disk.</summary>
/// <param name="UId">Its name.</param>
/// <param name="Seq">Its number in its conversation.</param>
/// <param name="SentAtUnixMs">When it was stored, in milliseconds of Unix time.</param>
[GenerateSerializer, Immutable, Alias("im.ChatMessageSent")]
public sealed record ChatMessageSent(
    [property: Id(0)] MessageUId UId,
    [property: Id(1)] long Seq,
    [property: Id(2)] long SentAtUnixMs)
{
    /// <summary>Whether words were masked that are not allowed.</summary>
    [Id(3)]
    public bool IsMasked { get; init; }

    /// <summary>Whether it was there before, by its client message id: nothing was stored by this call.</summary>
    [Id(4)]
    public bool IsRepeated { get; init; }
}
