using ImOrleans.Storage.MessageLog.Writes;
using ImOrleans.Storage.Postgres;
using Npgsql;

namespace ImOrleans.Storage.MessageLog;

/// <summary>The message log in PostgreSQL. Silos of a cluster write to one database side by side.</summary>
public sealed class PostgresMessageLog : StoredMessageLog
{
    /// <summary>
    /// Seconds until a statement or a connect is given up: longer than anybody waits for it, and short enough that a
    /// database which hangs does not keep its next user waiting for long.
    /// </summary>
    private const int PatienceSeconds = 5;

    /// <summary>Locks are taken in one order, so nearly none is ever in a ring; one that is was given up by the database.</summary>
    private const int AttemptsMax = 3;

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _clock;

    /// <param name="connectionString">As Npgsql reads it. Nothing is opened yet.</param>
    /// <param name="clock">Where the times of messages come from.</param>
    public PostgresMessageLog(string connectionString, TimeProvider clock)
        : this(
            NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
            {
                CommandTimeout = PatienceSeconds,
                Timeout = PatienceSeconds,
            }),
            clock)
    {
    }

    private PostgresMessageLog(NpgsqlDataSource source, TimeProvider clock)
        : base(new PostgresLogReader(source))
    {
        ArgumentNullException.ThrowIfNull(clock);
        _source = source;
        _clock = clock;
    }

    /// <summary>Brings the tables up to date. To be called before anything else.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be used; the message says why.</exception>
    public Task OpenAsync(CancellationToken cancellationToken = default) => DoAsync(async () =>
    {
        await PostgresMigrations.ApplyAsync(_source, PostgresLogSchema.Part, PostgresLogSchema.Steps, cancellationToken);
        return 0;
    });

    private protected override Task CommitAsync(IReadOnlyList<LogWrite> writes) => DoAsync(async () =>
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await PostgresLogTransaction.StoreAsync(_source, writes, _clock.GetUtcNow().ToUnixTimeMilliseconds());
                return 0;
            }
            catch (PostgresException failure)
                when (failure.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < AttemptsMax)
            {
                // Nothing of it was done, and whoever it met has got what it wanted.
            }
        }
    });

    /// <summary>The classes "data exception" and "integrity constraint violation".</summary>
    private protected override bool IsOfOneWrite(Exception failure) =>
        failure is StorageUnavailableException { InnerException: PostgresException { SqlState: ['2', '2' or '3', ..] } };

    /// <remarks>Silos that remove at the same time take different devices.</remarks>
    private protected override Task<int> RemoveOldDevicesAsync(long unseenSinceUnixMs, int countMax) => RemoveAsync(
        """
        WITH gone AS (
            DELETE FROM imorleans_log_device WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM imorleans_log_device WHERE seen_at < $1
                ORDER BY seen_at LIMIT $2 FOR UPDATE SKIP LOCKED))
            RETURNING user_id, device),
        positions AS (
            DELETE FROM imorleans_log_position p USING gone g WHERE (p.user_id, p.device) = (g.user_id, g.device))
        SELECT count(*) FROM gone
        """,
        unseenSinceUnixMs, countMax);

    /// <remarks>Silos that remove at the same time take different messages.</remarks>
    private protected override Task<int> RemoveOldMessagesAsync(long beforeUnixMs, int countMax) => RemoveAsync(
        """
        WITH gone AS (
            DELETE FROM imorleans_log_message WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM imorleans_log_message WHERE sent_at < $1
                ORDER BY sent_at, seq LIMIT $2 FOR UPDATE SKIP LOCKED))
            RETURNING 1)
        SELECT count(*) FROM gone
        """,
        beforeUnixMs, countMax);

    private protected override ValueTask CloseAsync() => _source.DisposeAsync();

    private Task<int> RemoveAsync(string sql, long beforeUnixMs, int countMax) => DoAsync(async () =>
    {
        await using var command = _source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = beforeUnixMs });
        command.Parameters.Add(new() { Value = countMax });
        return (int)(long)(await command.ExecuteScalarAsync())!;
    });

    private static async Task<int> DoAsync(Func<Task<int>> work)
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
}
