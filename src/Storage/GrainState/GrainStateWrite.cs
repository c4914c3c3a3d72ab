namespace ImOrleans.Storage.GrainState;

/// <summary>A write that waits for its transaction.</summary>
/// <param name="key">The state.</param>
/// <param name="payload">The new bytes, or null to delete.</param>
/// <param name="expected">The version that must be stored; null for none.</param>
internal sealed class GrainStateWrite(GrainStateKey key, byte[]? payload, long? expected)
{
    private readonly TaskCompletionSource<GrainStateWriteResult> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GrainStateKey Key => key;

    public byte[]? Payload => payload;

    public long? Expected => expected;

    /// <summary>What came of it, known within the transaction and told after its commit.</summary>
    public GrainStateWriteResult Result { get; set; }

    /// <summary>Ends once the transaction is on disk.</summary>
    public Task<GrainStateWriteResult> Done => _done.Task;

    public void Complete() => _done.TrySetResult(Result);

    public void Fail(Exception exception) => _done.TrySetException(exception);
}
