namespace ImOrleans.Domain.Limits;

/// <summary>The limits of stored messages (feature row R20).</summary>
public static class HistoryLimits
{
    /// <summary>Messages that one query yields.</summary>
    public const int PageMessagesMax = 100;

    /// <summary>
    /// Bytes of the payloads of one answer: a page of the longest messages ends after 32 of them, and goes on in the next.
    /// </summary>
    public const int PageBytesMax = 1024 * 1024;

    /// <summary>
    /// How far the times of one history may run ahead of the clock, when it takes more than one message a millisecond.
    /// </summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromSeconds(1);
}
