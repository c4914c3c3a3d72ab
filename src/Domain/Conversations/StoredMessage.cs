namespace ImOrleans.Domain.Conversations;

/// <summary>A message and its place.</summary>
/// <param name="Seq">Its number in its conversation: 1, 2, 3 and so on without a hole.</param>
/// <param name="SentAtUnixMs">
/// When it was stored, in milliseconds of Unix time. What becomes visible later, in whichever conversation, has no earlier one.
/// </param>
/// <param name="Message">What was sent.</param>
[GenerateSerializer, Immutable, Alias("im.StoredMessage")]
public sealed record StoredMessage(
    [property: Id(0)] long Seq,
    [property: Id(1)] long SentAtUnixMs,
    [property: Id(2)] ChatMessage Message);
