using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.Sqlite;

/// <summary>Says in words what a failed database needs.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    public static StorageUnavailableException Explain(SqliteException exception, string path)
    {
        var reason = exception.SqliteErrorCode switch
        {
            Busy or Locked => "is locked by another process",
            ReadOnly => "cannot be written to",
            IoError => "could not be read or written",
            Corrupt => "is damaged",
            Full => "cannot grow: the disk is full",
            CannotOpen => "cannot be opened",
            NotADatabase => "is not a database",
            _ => "refused an operation",
        };
        return new StorageUnavailableException(
            $"The database file '{path}' {reason}: {exception.Message}", exception);
    }
}
