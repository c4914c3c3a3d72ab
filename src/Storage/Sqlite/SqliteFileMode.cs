namespace ImOrleans.Storage.Sqlite;

/// <summary>Keeps a database file, with its journal, from other users of the machine.</summary>
internal static class SqliteFileMode
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly Lock Gate = new();

    /// <summary>
    /// Lets nobody but the owner read or write the file, whatever the umask; makes it, empty, when it is not there. Files
    /// beside it that SQLite makes later get the same mode from it.
    /// </summary>
    /// <remarks>
    /// An existing file is never opened: closing it would end the locks that this process has of it. What may not be
    /// changed, as it is somebody else's or the file system has no such modes, is left as it is. On Windows the folder's
    /// rights are inherited, and nothing is done.
    /// </remarks>
    public static void Restrict(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        lock (Gate)
        {
            try
            {
                if (!File.Exists(path))
                    File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write).Dispose();
                foreach (var file in new[] { path, path + "-wal", path + "-shm" })
                    if (File.Exists(file) && File.GetUnixFileMode(file) != OwnerOnly)
                        File.SetUnixFileMode(file, OwnerOnly);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Whether the file can be used, and if not why, SQLite says.
            }
        }
    }
}
