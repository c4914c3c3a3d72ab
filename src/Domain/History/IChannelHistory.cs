namespace ImOrleans.Domain.History;

/// <summary>The store of messages that are to be kept, by channel and time. The port; the store is in another place.</summary>
/// <remarks>
/// <b>Time:</b> the times of one history rise from message to message by a millisecond at least, whoever writes. So a page
/// can end anywhere, and no message is skipped or read twice; what becomes visible later has no earlier time.
/// <b>Threads:</b> all members may be used at once.
/// </remarks>
public interface IChannelHistory
{
    /// <summary>Appends a message.</summary>
    /// <param name="key">To which history.</param>
    /// <param name="message">What, with the time that it should have.</param>
    /// <param name="mayBeStored">
    /// True when an attempt with the same <see cref="HistoryMessage.Position"/> has ended unknown: it is looked for first.
    /// </param>
    /// <returns>
    /// The time that it has: the one that it should have, or a later one when the history had got that far already.
    /// </returns>
    /// <remarks>
    /// <b>Guarantee:</b> on disk when the task ends. Appends to one history are stored in the order of the calls, and
    /// those that wait share a transaction.
    /// <b>Errors:</b> <see cref="HistoryUnknownException"/>: it may be stored, now or later. Any other exception: it is
    /// not.
    /// </remarks>
    Task<long> AppendAsync(HistoryKey key, HistoryMessage message, bool mayBeStored = false);

    /// <summary>Reads a page, the oldest messages first.</summary>
    Task<HistoryPage> ReadAsync(HistoryKey key, HistoryQuery query);

    /// <summary>Removes messages of all histories that are older than a time, the oldest first.</summary>
    /// <param name="beforeUnixMs">Messages of this time stay.</param>
    /// <param name="countMax">At most so many; whoever gets so many calls again.</param>
    /// <returns>How many were removed.</returns>
    Task<int> RemoveAsync(long beforeUnixMs, int countMax);
}
