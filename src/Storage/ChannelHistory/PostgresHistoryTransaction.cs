using System.Globalization;
using System.Text;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Identifiers;
using Npgsql;
using NpgsqlTypes;

namespace ImOrleans.Storage.ChannelHistory;

/// <summary>Appends batches of messages to PostgreSQL, each in one transaction of three round trips.</summary>
/// <remarks>
/// Times rise within a history though several silos may write to it, for a moment: each transaction locks the histories
/// that it appends to, by their hash and in its order so that two never wait for each other, and only then reads how far
/// they have got. The locks last until the commit, so what becomes visible later has no earlier time.
/// </remarks>
internal static class PostgresHistoryTransaction
{
    /// <summary>Appends all.</summary>
    /// <exception cref="HistoryUnknownException">It failed at its commit.</exception>
    public static async Task AppendAsync(NpgsqlDataSource source, IReadOnlyList<HistoryAppend> appends)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var times = await LearnAsync(connection, [.. appends.Select(append => append.Key).Distinct()]);
        var added = new List<HistoryAppend>(appends.Count);
        foreach (var append in appends)
        {
            // An attempt that was given up may be in this very transaction, or in an earlier one.
            var earlier = append.MayBeStored
                ? added.Find(one => (one.Key, one.Message.Position) == (append.Key, append.Message.Position))?.StoredAtUnixMs
                    ?? await FindAsync(connection, append)
                : null;
            append.StoredAtUnixMs = earlier ?? times.Next(append.Key, append.Message.SentAtUnixMs);
            if (earlier is null)
                added.Add(append);
        }

        if (added.Count > 0)
            await InsertAsync(connection, added);
        try
        {
            await transaction.CommitAsync();
        }
        catch (Exception failure)
        {
            throw new HistoryUnknownException("The commit of messages failed.", failure);
        }
    }

    /// <summary>Locks histories and reads the last time of each. Two statements: the second sees what the lock let in.</summary>
    private static async Task<HistoryTimes> LearnAsync(NpgsqlConnection connection, HistoryKey[] keys)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("SELECT count(pg_advisory_xact_lock(hash)) FROM unnest($1) AS hash")
                {
                    Parameters = { Array(NpgsqlDbType.Bigint, keys.Select(HashOf).Distinct().Order()) },
                },
                new(
                    """
                    SELECT (SELECT coalesce(max(m.sent_at), 0) FROM imorleans_channel_message m
                            WHERE m.channel_type = k.channel_type AND m.channel = k.channel)
                    FROM unnest($1, $2) WITH ORDINALITY AS k (channel_type, channel, number) ORDER BY k.number
                    """)
                {
                    Parameters =
                    {
                        Array(NpgsqlDbType.Smallint, keys.Select(key => (short)key.Type)),
                        Array(NpgsqlDbType.Text, keys.Select(key => key.Name)),
                    },
                },
            },
        };
        var times = new HistoryTimes();
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        foreach (var key in keys)
        {
            await reader.ReadAsync();
            times.Learn(key, reader.GetInt64(0));
        }

        return times;
    }

    private static async Task<long?> FindAsync(NpgsqlConnection connection, HistoryAppend append)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT sent_at FROM imorleans_channel_message
            WHERE channel_type = $1 AND channel = $2 AND sent_at >= $3 AND epoch = $4 AND position = $5
            ORDER BY sent_at LIMIT 1
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = (short)append.Key.Type },
                new() { Value = append.Key.Name },
                new() { Value = append.Message.SentAtUnixMs },
                new() { Value = append.Message.Position.Epoch },
                new() { Value = append.Message.Position.Offset },
            },
        };
        return (long?)await command.ExecuteScalarAsync();
    }

    private static async Task InsertAsync(NpgsqlConnection connection, List<HistoryAppend> appends)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO imorleans_channel_message
                (channel_type, channel, sent_at, epoch, position, publisher, message_type, custom_type, payload)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            connection)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Smallint, appends.Select(append => (short)append.Key.Type)),
                Array(NpgsqlDbType.Text, appends.Select(append => append.Key.Name)),
                Array(NpgsqlDbType.Bigint, appends.Select(append => append.StoredAtUnixMs)),
                Array(NpgsqlDbType.Bigint, appends.Select(append => append.Message.Position.Epoch)),
                Array(NpgsqlDbType.Bigint, appends.Select(append => append.Message.Position.Offset)),
                Array(NpgsqlDbType.Text, appends.Select(append => append.Message.Publisher.Value)),
                Array(NpgsqlDbType.Smallint, appends.Select(append => (short)append.Message.Payload.Type)),
                Array(NpgsqlDbType.Bytea, appends.Select(append =>
                    append.Message.Payload.CustomType is { } label ? Encoding.UTF8.GetBytes(label) : null)),
                Array(NpgsqlDbType.Bytea, appends.Select(append => append.Message.Payload.Bytes.ToArray())),
            },
        };
        await command.ExecuteNonQueryAsync();
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };

    private static long HashOf(HistoryKey key) => unchecked((long)Fnv1a.Of(
        GrainKey.Join('h', ((int)key.Type).ToString(CultureInfo.InvariantCulture), key.Name)));
}
