using ImOrleans.Domain.History;
using ImOrleans.Storage.GroupCommit;

namespace ImOrleans.Storage.ChannelHistory;

/// <summary>A message that waits for its transaction.</summary>
internal sealed class HistoryAppend(HistoryKey key, HistoryMessage message, bool mayBeStored) : IQueuedWrite
{
    private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HistoryKey Key => key;

    public HistoryMessage Message => message;

    public int Bytes => message.Payload.Bytes.Length;

    /// <summary>Whether an earlier attempt has to be looked for first.</summary>
    public bool MayBeStored => mayBeStored;

    /// <summary>The time that it is stored with, known within the transaction and told after its commit.</summary>
    public long StoredAtUnixMs { get; set; }

    /// <summary>Ends once the transaction is on disk.</summary>
    public Task<long> Done => _done.Task;

    public void Complete() => _done.TrySetResult(StoredAtUnixMs);

    public void Fail(Exception exception) => _done.TrySetException(exception);
}
