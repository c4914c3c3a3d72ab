namespace ImOrleans.Storage;

/// <summary>
/// The store could not do its work: the disk is full, the file is locked, read-only or broken, the database is away.
/// Whether a write of a grain's state took effect is unknown when it failed at its commit.
/// </summary>
public sealed class StorageUnavailableException(string message, Exception? innerException)
    : OrleansException(message, innerException!);
