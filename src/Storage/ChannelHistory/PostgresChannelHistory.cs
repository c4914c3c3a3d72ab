using System.Text;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Messages;
using ImOrleans.Storage.GroupCommit;
using ImOrleans.Storage.Postgres;
using Npgsql;

namespace ImOrleans.Storage.ChannelHistory;

/// <summary>Kept messages in PostgreSQL.</summary>
public sealed class PostgresChannelHistory : IChannelHistory, IAsyncDisposable
{
    /// <summary>
    /// Seconds until a statement or a connect is given up: longer than anybody waits for it, and short enough that a
    /// database which hangs does not keep its next user waiting for long.
    /// </summary>
    private const int PatienceSeconds = 5;

    /// <summary>Reads at a time; more wait for their turn, so that they leave connections to others.</summary>
    private const int ReadersMax = 8;

    private readonly SemaphoreSlim _reading = new(ReadersMax);
    private readonly NpgsqlDataSource _source;
    private readonly WriteQueue<HistoryAppend> _appends;
    private bool _isDisposed;

    /// <param name="connectionString">As Npgsql reads it. Nothing is opened yet.</param>
    public PostgresChannelHistory(string connectionString)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            CommandTimeout = PatienceSeconds,
            Timeout = PatienceSeconds,
        });
        _appends = new(batch => DoAsync(async () =>
        {
            await PostgresHistoryTransaction.AppendAsync(_source, batch);
            return true;
        }));
    }

    /// <summary>Brings the tables up to date. To be called before anything else.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be used; the message says why.</exception>
    public Task OpenAsync(CancellationToken cancellationToken = default) => DoAsync(async () =>
    {
        await PostgresMigrations.ApplyAsync(
            _source, PostgresHistorySchema.Part, PostgresHistorySchema.Steps, cancellationToken);
        return true;
    });

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
            return await DoAsync(() => QueryAsync(key, query));
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc />
    /// <remarks>Silos that remove at the same time take different messages.</remarks>
    public Task<int> RemoveAsync(long beforeUnixMs, int countMax) => DoAsync(async () =>
    {
        await using var command = _source.CreateCommand(
            """
            DELETE FROM imorleans_channel_message WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM imorleans_channel_message WHERE sent_at < $1
                ORDER BY sent_at LIMIT $2 FOR UPDATE SKIP LOCKED))
            """);
        command.Parameters.Add(new() { Value = beforeUnixMs });
        command.Parameters.Add(new() { Value = countMax });
        return await command.ExecuteNonQueryAsync();
    });

    /// <summary>Ends after the appends that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _appends.DisposeAsync();
        await _source.DisposeAsync();
        _reading.Dispose();
    }

    private static async Task<T> DoAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (PostgresErrors.IsOfDatabase(failure))
        {
            throw PostgresErrors.Explain(failure);
        }
    }

    private async Task<HistoryPage> QueryAsync(HistoryKey key, HistoryQuery query)
    {
        await using var command = _source.CreateCommand(
            """
            SELECT sent_at, epoch, position, publisher, message_type, custom_type, payload FROM imorleans_channel_message
            WHERE channel_type = $1 AND channel = $2 AND sent_at > $3 AND sent_at <= $4
            ORDER BY sent_at LIMIT $5
            """);
        command.Parameters.Add(new() { Value = (short)key.Type });
        command.Parameters.Add(new() { Value = key.Name });
        command.Parameters.Add(new() { Value = query.StartUnixMs });
        command.Parameters.Add(new() { Value = query.EndUnixMs });
        command.Parameters.Add(new() { Value = query.Count + 1 });
        await using var reader = await command.ExecuteReaderAsync();
        var page = new HistoryPageBuilder(query.Count);
        while (await reader.ReadAsync() && page.TryAdd(Message(reader)))
        {
            // The builder says when it is full.
        }

        return page.Build();
    }

    private static HistoryMessage Message(NpgsqlDataReader row) => new(
        new(row.GetInt64(1), row.GetInt64(2)),
        new(row.GetString(3)),
        new(
            (MessageType)row.GetInt16(4), row.GetFieldValue<byte[]>(6),
            row.IsDBNull(5) ? null : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(5))),
        row.GetInt64(0));
}
