namespace ImOrleans.Storage.GroupCommit;

/// <summary>A write that waits for its transaction.</summary>
internal interface IQueuedWrite
{
    /// <summary>What it takes while it waits, roughly.</summary>
    int Bytes { get; }

    /// <summary>Its transaction is on disk.</summary>
    void Complete();

    /// <summary>Its transaction has failed.</summary>
    void Fail(Exception exception);
}
