namespace ImOrleans.Domain.Conversations;

/// <summary>A stretch of a conversation.</summary>
/// <param name="AfterSeq">Messages of greater numbers than this; 0 for all.</param>
/// <param name="BeforeSeq">Messages of smaller numbers than this; <see cref="long.MaxValue"/> for all.</param>
/// <param name="Count">At most so many, 1 to 1,000.</param>
/// <param name="IsNewestFirst">Begin at the end, with the greatest number.</param>
public readonly record struct MessageRange(long AfterSeq, long BeforeSeq, int Count, bool IsNewestFirst);
