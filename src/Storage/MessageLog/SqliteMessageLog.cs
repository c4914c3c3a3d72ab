using ImOrleans.Storage.MessageLog.Writes;
using ImOrleans.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.MessageLog;

/// <summary>The message log in one SQLite file. One connection writes; reads run beside it.</summary>
public sealed class SqliteMessageLog : StoredMessageLog
{
    private const int Full = 13;
    private const int TooBig = 18;
    private const int Constraint = 19;

    private readonly Lock _writing = new();
    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly SqliteLogTransaction _transaction;
    private readonly SqliteLogRemoval _removal;

    /// <summary>Opens the file, creating it when it is missing, and brings its tables up to date.</summary>
    /// <param name="path">The file; nobody else writes to it.</param>
    /// <param name="clock">Where the times of messages come from.</param>
    /// <exception cref="StorageUnavailableException">The file cannot be used; the message says why.</exception>
    public SqliteMessageLog(string path, TimeProvider clock)
        : this(path, clock, pagesMax: null)
    {
    }

    /// <summary>As the public constructor, with bounds on the file and on waiting, to see what happens at them.</summary>
    internal SqliteMessageLog(string path, TimeProvider clock, int? pagesMax, TimeSpan? busyTimeout = null)
        : base(new SqliteLogReader(path))
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = path;
        _connection = SqliteFile.Open(path, busyTimeout);
        try
        {
            SqliteMigrations.Apply(_connection, SqliteLogSchema.Part, SqliteLogSchema.Steps);
            if (pagesMax is not null)
                _connection.Execute($"PRAGMA max_page_count={pagesMax};");
        }
        catch (SqliteException exception)
        {
            _connection.Dispose();
            throw SqliteErrors.Explain(exception, path);
        }

        _transaction = new(_connection, clock);
        _removal = new(_connection);
    }

    private protected override Task CommitAsync(IReadOnlyList<LogWrite> writes)
    {
        Write(() =>
        {
            _transaction.Store(writes);
            return true;
        });
        return Task.CompletedTask;
    }

    /// <summary>Something too large for what is left of the disk may leave room for others.</summary>
    private protected override bool IsOfOneWrite(Exception failure) =>
        failure is StorageUnavailableException
        {
            InnerException: SqliteException { SqliteErrorCode: Full or TooBig or Constraint },
        };

    private protected override Task<int> RemoveOldDevicesAsync(long unseenSinceUnixMs, int countMax) =>
        Task.Run(() => Write(() => _transaction.Do(() => _removal.RemoveDevices(unseenSinceUnixMs, countMax))));

    private protected override Task<int> RemoveOldMessagesAsync(long beforeUnixMs, int countMax) =>
        Task.Run(() => Write(() => _transaction.Do(() => _removal.RemoveMessages(beforeUnixMs, countMax))));

    private protected override async ValueTask CloseAsync()
    {
        _transaction.Dispose();
        _removal.Dispose();
        await _connection.DisposeAsync();
    }

    /// <summary>Batches and removals take turns; neither is long.</summary>
    private T Write<T>(Func<T> work)
    {
        try
        {
            lock (_writing)
                return work();
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Explain(exception, _path);
        }
    }
}
