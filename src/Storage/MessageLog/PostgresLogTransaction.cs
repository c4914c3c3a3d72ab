using System.Data;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Storage.MessageLog.Writes;
using ImOrleans.Storage.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace ImOrleans.Storage.MessageLog;

/// <summary>Stores batches of writes in PostgreSQL, each in one transaction of three round trips.</summary>
/// <remarks>
/// Silos write side by side. Each transaction locks the heads that it writes, then the entries, then the devices, each in
/// the order of their keys, so that two never wait for each other; and last the clock, which holds the others up from
/// there to the commit: so the times of messages never fall in the order of commits.
/// </remarks>
internal static class PostgresLogTransaction
{
    /// <summary>Stores all.</summary>
    /// <exception cref="LogUnknownException">It failed at its commit.</exception>
    public static async Task StoreAsync(NpgsqlDataSource source, IReadOnlyList<LogWrite> writes, long nowUnixMs)
    {
        var batch = new LogBatch(writes);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        await LoadAsync(connection, batch);
        batch.Apply();
        await PostgresLogWriter.StoreAsync(connection, batch, nowUnixMs);
        try
        {
            await transaction.CommitAsync();
        }
        catch (Exception failure)
        {
            throw new LogUnknownException("The commit of messages failed.", failure);
        }
    }

    private static async Task LoadAsync(NpgsqlConnection connection, LogBatch batch)
    {
        await using var load = new PostgresBatch(connection);
        // All is found by its key, in pages that are at hand. By the default, which is that of turning disks, the planner
        // would read all heads for every batch until there are some ten thousand.
        load.Query("SELECT set_config('random_page_cost', '1', true), set_config('jit', 'off', true)", _ => { });
        if (batch.AskedHeads.Count > 0)
            AddHeads(load, batch);
        if (batch.AskedSeqs.Any())
            load.Query(
                "SELECT key, seq FROM imorleans_log_conversation WHERE key = ANY ($1)",
                row => batch.LearnSeq(ConversationKey.Parse(row.GetString(0)), row.GetInt64(1)),
                PostgresBatch.Texts(batch.AskedSeqs.Select(key => key.Value)));
        if (batch.AskedNames.Count > 0)
            AddNames(load, batch);
        if (batch.AskedEntries.Count > 0)
            load.Query(
                """
                SELECT e.user_id, e.key, e.joined_seq, e.left_seq, e.read_seq, e.absences
                FROM imorleans_log_entry e JOIN unnest($1, $2) AS k (user_id, key) USING (user_id, key)
                ORDER BY e.user_id, e.key FOR UPDATE OF e
                """,
                row => batch.Learn(
                    new UserId(row.GetString(0)), ConversationKey.Parse(row.GetString(1)),
                    new(PostgresLogReader.Stays(row, 2, 5), row.GetInt64(4))),
                PostgresBatch.Texts(batch.AskedEntries.Select(one => one.User.Value)),
                PostgresBatch.Texts(batch.AskedEntries.Select(one => one.Key.Value)));
        if (batch.AskedDevices.Count > 0)
            load.Query(
                """
                SELECT d.user_id, d.device, d.since_at, d.seen_at
                FROM imorleans_log_device d JOIN unnest($1, $2) AS k (user_id, device) USING (user_id, device)
                ORDER BY d.user_id, d.device FOR UPDATE OF d
                """,
                row => batch.Learn(
                    new UserId(row.GetString(0)), new(new(row.GetString(1)), row.GetInt64(2), row.GetInt64(3))),
                PostgresBatch.Texts(batch.AskedDevices.Select(one => one.User.Value)),
                PostgresBatch.Texts(batch.AskedDevices.Select(one => one.Device.Value)));
        await load.RunAsync();
    }

    /// <summary>Makes the heads that are not there yet, then locks all: the second statement sees what the lock let in.</summary>
    private static void AddHeads(PostgresBatch load, LogBatch batch)
    {
        if (batch.Opened.Count > 0)
            load.Add(
                """
                INSERT INTO imorleans_log_conversation (key)
                SELECT k FROM unnest($1) AS k
                WHERE NOT EXISTS (SELECT FROM imorleans_log_conversation c WHERE c.key = k)
                ORDER BY k COLLATE "C" ON CONFLICT DO NOTHING
                """,
                PostgresBatch.Texts(batch.Opened.Select(key => key.Value)));
        load.Query(
            """
            SELECT key, id, epoch, seq, counted_total, last_at, last_visible_seq
            FROM imorleans_log_conversation WHERE key = ANY ($1) ORDER BY key FOR UPDATE
            """,
            row => batch.Learn(
                ConversationKey.Parse(row.GetString(0)),
                new HeadRow(row.GetInt64(1), new(
                    row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)))),
            PostgresBatch.Texts(batch.AskedHeads.Select(key => key.Value)));
    }

    /// <summary>Which names are used: after the heads are locked, so that nobody can use one meanwhile.</summary>
    private static void AddNames(PostgresBatch load, LogBatch batch)
    {
        var names = batch.AskedNames.ToArray();
        load.Query(
            """
            SELECT k.number FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS k (key, hash, sender, name, number)
            JOIN imorleans_log_conversation c ON c.key = k.key
            JOIN imorleans_log_message m ON m.conversation_id = c.id AND m.name_hash = k.hash
                AND m.sender = k.sender AND m.client_message_id = k.name
            """,
            row => batch.LearnUsed(names[row.GetInt64(0) - 1]),
            PostgresBatch.Texts(names.Select(name => name.Key.Value)),
            PostgresBatch.Numbers(names.Select(name => name.Hash)),
            PostgresBatch.Texts(names.Select(name => name.Sender.Value)),
            PostgresBatch.Array(NpgsqlDbType.Bytea, names.Select(name => MessageText.Encode(name.Name))));
    }
}
