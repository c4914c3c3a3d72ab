using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.GrainState;

/// <summary>Applies a batch of writes in one transaction. Used by one thread at a time.</summary>
internal sealed class GrainStateTransaction(SqliteConnection connection) : IDisposable
{
    private readonly SqliteCommand _select = Prepare(
        connection,
        """
        SELECT etag FROM grain_state
        WHERE grain_type = $type AND grain_key = $key AND state_name = $state;
        """);

    private readonly SqliteCommand _upsert = Prepare(
        connection,
        """
        INSERT INTO grain_state (grain_type, grain_key, state_name, etag, payload)
        VALUES ($type, $key, $state, $etag, $payload)
        ON CONFLICT (grain_type, grain_key, state_name)
        DO UPDATE SET etag = excluded.etag, payload = excluded.payload;
        """);

    private readonly SqliteCommand _delete = Prepare(
        connection,
        "DELETE FROM grain_state WHERE grain_type = $type AND grain_key = $key AND state_name = $state;");

    private readonly SqliteCommand _next = Prepare(
        connection,
        "UPDATE grain_state_version SET last = last + $count WHERE id = 1 RETURNING last;");

    /// <summary>Applies all. A write whose version does not match changes nothing and says so in its result.</summary>
    public void Apply(IReadOnlyList<GrainStateWrite> writes)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        _select.Transaction = _upsert.Transaction = _delete.Transaction = _next.Transaction = transaction;
        var etag = TakeVersions(writes.Count);
        foreach (var write in writes)
        {
            var stored = FindVersion(write.Key);
            if (stored != write.Expected)
            {
                write.Result = new GrainStateWriteResult(false, stored);
                continue;
            }

            if (write.Payload is null)
            {
                Run(_delete, write.Key);
                write.Result = new GrainStateWriteResult(true, null);
            }
            else
            {
                etag++;
                Run(_upsert, write.Key, ("$etag", etag), ("$payload", write.Payload));
                write.Result = new GrainStateWriteResult(true, etag);
            }
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _select.Dispose();
        _upsert.Dispose();
        _delete.Dispose();
        _next.Dispose();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is always our own.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private static void Run(SqliteCommand command, GrainStateKey key, params (string Name, object Value)[] values)
    {
        command.Parameters.Clear();
        key.AddTo(command);
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }

    /// <summary>Takes that many versions and gives the one before the first.</summary>
    private long TakeVersions(int count)
    {
        _next.Parameters.Clear();
        _next.Parameters.AddWithValue("$count", count);
        return (long)_next.ExecuteScalar()! - count;
    }

    private long? FindVersion(GrainStateKey key)
    {
        _select.Parameters.Clear();
        key.AddTo(_select);
        return (long?)_select.ExecuteScalar();
    }
}
