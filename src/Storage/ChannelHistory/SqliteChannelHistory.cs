using System.Collections.Concurrent;
using System.Text;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Messages;
using ImOrleans.Storage.GroupCommit;
using ImOrleans.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.ChannelHistory;

/// <summary>Kept messages in one SQLite file. One connection writes; reads run beside it.</summary>
public sealed class SqliteChannelHistory : IChannelHistory, IAsyncDisposable
{
    /// <summary>Reads at a time; more wait for their turn.</summary>
    private const int ReadersMax = 8;

    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly SemaphoreSlim _reading = new(ReadersMax);
    private readonly Lock _writing = new();
    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly SqliteHistoryTransaction _transaction;
    private readonly WriteQueue<HistoryAppend> _appends;
    private bool _isDisposed;

    /// <summary>Opens the file, creating it when it is missing, and brings its tables up to date.</summary>
    /// <exception cref="StorageUnavailableException">The file cannot be used; the message says why.</exception>
    public SqliteChannelHistory(string path)
        : this(path, pagesMax: null)
    {
    }

    /// <summary>As the public constructor, with bounds on the file and on waiting, to see what happens at them.</summary>
    internal SqliteChannelHistory(string path, int? pagesMax, TimeSpan? busyTimeout = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = path;
        _connection = SqliteFile.Open(path, busyTimeout);
        try
        {
            SqliteMigrations.Apply(_connection, SqliteHistorySchema.Part, SqliteHistorySchema.Steps);
            if (pagesMax is not null)
                _connection.Execute($"PRAGMA max_page_count={pagesMax};");
        }
        catch (SqliteException exception)
        {
            _connection.Dispose();
            throw SqliteErrors.Explain(exception, path);
        }

        _transaction = new(_connection);
        _appends = new(batch =>
        {
            Write(() => _transaction.Append(batch));
            return Task.CompletedTask;
        });
    }

    /// <inheritdoc />
    public Task<long> AppendAsync(HistoryKey key, HistoryMessage message, bool mayBeStored = false)
    {
        ArgumentNullException.ThrowIfNull(message);
        var append = new HistoryAppend(key, message, mayBeStored);
        _appends.Add(append);
        return append.Done;
    }

    /// <inheritdoc />
    public async Task<HistoryPage> ReadAsync(HistoryKey key, HistoryQuery query)
    {
        await _reading.WaitAsync();
        try
        {
            return await Task.Run(() => Read(key, query));
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc />
    public Task<int> RemoveAsync(long beforeUnixMs, int countMax) => Task.Run(() =>
    {
        var removed = 0;
        Write(() => removed = _transaction.Remove(beforeUnixMs, countMax));
        return removed;
    });

    /// <summary>Ends after the appends that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _appends.DisposeAsync();
        _transaction.Dispose();
        await _connection.DisposeAsync();
        while (_readers.TryTake(out var reader))
            await reader.DisposeAsync();
        _reading.Dispose();
    }

    /// <summary>Appends and removals take turns; neither is long.</summary>
    private void Write(Action work)
    {
        try
        {
            lock (_writing)
                work();
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Explain(exception, _path);
        }
    }

    private HistoryPage Read(HistoryKey key, HistoryQuery query)
    {
        try
        {
            if (!_readers.TryTake(out var connection))
                connection = SqliteFile.Open(_path);
            var page = Read(connection, key, query);
            _readers.Add(connection);
            return page;
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Explain(exception, _path);
        }
    }

    private static HistoryPage Read(SqliteConnection connection, HistoryKey key, HistoryQuery query)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT sent_at, epoch, position, publisher, message_type, custom_type, payload FROM channel_message
            WHERE channel_type = $type AND channel = $channel AND sent_at > $start AND sent_at <= $end
            ORDER BY sent_at LIMIT $count;
            """;
        command.Parameters.AddWithValue("$type", (int)key.Type);
        command.Parameters.AddWithValue("$channel", key.Name);
        command.Parameters.AddWithValue("$start", query.StartUnixMs);
        command.Parameters.AddWithValue("$end", query.EndUnixMs);
        command.Parameters.AddWithValue("$count", query.Count + 1);
        using var reader = command.ExecuteReader();
        var page = new HistoryPageBuilder(query.Count);
        while (reader.Read() && page.TryAdd(Message(reader)))
        {
            // The builder says when it is full.
        }

        return page.Build();
    }

    private static HistoryMessage Message(SqliteDataReader row) => new(
        new(row.GetInt64(1), row.GetInt64(2)),
        new(row.GetString(3)),
        new(
            (MessageType)row.GetByte(4), row.GetFieldValue<byte[]>(6),
            row.IsDBNull(5) ? null : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(5))),
        row.GetInt64(0));
}
