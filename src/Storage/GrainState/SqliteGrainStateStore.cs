using System.Collections.Concurrent;
using System.Threading.Channels;
using ImOrleans.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.GrainState;

/// <summary>
/// Rows of grain states in one SQLite file. One thread writes: it takes all writes that wait into one
/// transaction, so that they share the wait for the disk. Reads run beside it.
/// </summary>
internal sealed class SqliteGrainStateStore : IAsyncDisposable
{
    /// <summary>Bounds how long a write can wait for those before it in its own transaction.</summary>
    private const int BatchWritesMax = 256;

    private readonly Channel<GrainStateWrite> _writes = Channel.CreateUnbounded<GrainStateWrite>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly Task _writer;

    public SqliteGrainStateStore(string path, int? pagesMax = null, TimeSpan? busyTimeout = null)
    {
        _path = path;
        _connection = SqliteFile.Open(path, busyTimeout);
        try
        {
            SqliteMigrations.Apply(_connection, GrainStateSchema.Part, GrainStateSchema.Steps);
            if (pagesMax is not null)
            {
                _connection.Execute($"PRAGMA max_page_count={pagesMax};");
            }
        }
        catch (SqliteException exception)
        {
            _connection.Dispose();
            throw SqliteErrors.Explain(exception, path);
        }

        _writer = Task.Run(WriteAsync);
    }

    /// <summary>The stored state, or null.</summary>
    public Task<GrainStateRow?> ReadAsync(GrainStateKey key) => Task.Run(() => Read(key));

    /// <summary>Writes, or deletes, against a version. On disk when the task ends.</summary>
    public Task<GrainStateWriteResult> WriteAsync(GrainStateKey key, byte[]? payload, long? expected)
    {
        var write = new GrainStateWrite(key, payload, expected);
        ObjectDisposedException.ThrowIf(!_writes.Writer.TryWrite(write), this);
        return write.Done;
    }

    /// <summary>Ends after the writes that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _writer;
        await _connection.DisposeAsync();
        while (_readers.TryTake(out var reader))
        {
            await reader.DisposeAsync();
        }
    }

    private async Task WriteAsync()
    {
        using var transaction = new GrainStateTransaction(_connection);
        var batch = new List<GrainStateWrite>(BatchWritesMax);
        while (await _writes.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchWritesMax && _writes.Reader.TryRead(out var write))
            {
                batch.Add(write);
            }

            Commit(transaction, batch);
            batch.Clear();
        }
    }

    private void Commit(GrainStateTransaction transaction, List<GrainStateWrite> batch)
    {
        try
        {
            transaction.Apply(batch);
            batch.ForEach(static write => write.Complete());
        }
        catch (SqliteException exception)
        {
            var explained = SqliteErrors.Explain(exception, _path);
            batch.ForEach(write => write.Fail(explained));
        }
        catch (Exception exception)
        {
            // Whatever it was, the writer goes on: the next batch may succeed, and nobody may wait for ever.
            batch.ForEach(write => write.Fail(exception));
        }
    }

    private GrainStateRow? Read(GrainStateKey key)
    {
        try
        {
            if (!_readers.TryTake(out var connection))
            {
                connection = SqliteFile.Open(_path);
            }

            var row = Read(connection, key);
            _readers.Add(connection);
            return row;
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Explain(exception, _path);
        }
    }

    private static GrainStateRow? Read(SqliteConnection connection, GrainStateKey key)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT payload, etag FROM grain_state
            WHERE grain_type = $type AND grain_key = $key AND state_name = $state;
            """;
        key.AddTo(command);
        using var reader = command.ExecuteReader();
        return reader.Read() ? new GrainStateRow(reader.GetFieldValue<byte[]>(0), reader.GetInt64(1)) : null;
    }
}
