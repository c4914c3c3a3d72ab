namespace ImOrleans.Client;

/// <summary>Messages that were kept, the oldest first.</summary>
/// <param name="Messages">At most <see cref="HistoryRange.PageSize"/>, and fewer when they are long.</param>
/// <param name="NextAfter">What <see cref="HistoryRange.After"/> has to be for those that follow. Null: there are none.</param>
public sealed record HistoryPage<TMessage>(IReadOnlyList<TMessage> Messages, DateTimeOffset? NextAfter);
