namespace ImOrleans.Domain.Conversations;

/// <summary>Messages that a user does not see because they were sent while it was not in the conversation.</summary>
/// <param name="AfterSeq">The last message that it saw before.</param>
/// <param name="ThroughSeq">The last one that it does not see.</param>
[GenerateSerializer, Immutable, Alias("im.Absence")]
public readonly record struct Absence([property: Id(0)] long AfterSeq, [property: Id(1)] long ThroughSeq);
