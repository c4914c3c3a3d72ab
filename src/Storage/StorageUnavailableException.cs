namespace ImOrleans.Storage;

/// <summary>
/// The store could not do its work: the disk is full, the file is locked, read-only or broken. Whether a write
/// took effect is unknown when it failed at its commit.
/// </summary>
public sealed class StorageUnavailableException(string message, Exception innerException)
    : OrleansException(message, innerException);
