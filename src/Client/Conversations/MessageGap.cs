namespace ImOrleans.Client;

/// <summary>A stretch of a conversation where there may be messages that are not here.</summary>
/// <param name="AfterSeq">It begins behind this number; 0: at the beginning of the conversation.</param>
/// <param name="BeforeSeq">It ends before this number.</param>
public readonly record struct MessageGap(long AfterSeq, long BeforeSeq);
