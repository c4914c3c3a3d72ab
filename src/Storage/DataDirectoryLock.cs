namespace ImOrleans.Storage;

/// <summary>
/// Holds a data folder for this process: a second process, or a second holder in this one, is refused.
/// </summary>
/// <remarks>
/// The operating system lets go of the lock when the process dies, however it dies, so nothing has to be
/// cleaned up. The lock is advisory: it stops other nodes, not other programs.
/// </remarks>
public sealed class DataDirectoryLock : IDisposable
{
    private const string FileName = ".imorleans.lock";

    private readonly FileStream _file;

    private DataDirectoryLock(string directory, FileStream file)
    {
        Directory = directory;
        _file = file;
    }

    /// <summary>The full path of the folder.</summary>
    public string Directory { get; }

    /// <summary>Takes the folder, creating it when it is missing.</summary>
    /// <exception cref="DataDirectoryInUseException">Someone else holds it.</exception>
    public static DataDirectoryLock Acquire(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var full = Path.GetFullPath(directory);
        System.IO.Directory.CreateDirectory(full);
        var path = Path.Combine(full, FileName);
        try
        {
            return new DataDirectoryLock(
                full,
                new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception)
        {
            throw new DataDirectoryInUseException(full, exception);
        }
    }

    /// <summary>Lets go of the folder. The lock file stays: removing it would let two holders in.</summary>
    public void Dispose() => _file.Dispose();
}
