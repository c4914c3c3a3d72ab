using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.Sqlite;

/// <summary>Opens connections to one database file, all with the same settings.</summary>
internal static class SqliteFile
{
    /// <summary>How long a connection waits for a lock that another process holds.</summary>
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(5);

    static SqliteFile() => SQLitePCL.Batteries_V2.Init();

    /// <summary>Opens a connection. Commits are on disk before they return.</summary>
    public static SqliteConnection Open(string path, TimeSpan? busyTimeout = null)
    {
        var busy = busyTimeout ?? BusyTimeout;
        SqliteFileMode.Restrict(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(busy.TotalSeconds),
        }.ToString());
        try
        {
            connection.Open();
            connection.Execute(
                $"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout={(int)busy.TotalMilliseconds};");
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw SqliteErrors.Explain(exception, path);
        }
    }

    public static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is always our own.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
