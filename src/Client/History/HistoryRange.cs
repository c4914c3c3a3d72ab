namespace ImOrleans.Client;

/// <summary>Which of the messages that were kept are wanted.</summary>
public sealed record HistoryRange
{
    /// <summary>
    /// Messages after this time, not one of exactly this time. Null: from the oldest on. The server counts milliseconds;
    /// what is finer is cut off.
    /// </summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Messages up to this time, one of exactly this time too. Null: no end. Before <see cref="After"/>: 15002.</summary>
    public DateTimeOffset? UpTo { get; init; }

    /// <summary>Messages in one answer: 1 to 100, else 10014. Default: 100.</summary>
    public int PageSize { get; init; } = 100;
}
