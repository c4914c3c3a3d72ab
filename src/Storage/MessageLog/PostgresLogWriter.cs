using ImOrleans.Storage.MessageLog.Writes;
using ImOrleans.Storage.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace ImOrleans.Storage.MessageLog;

/// <summary>Stores what a batch has come to, within its transaction, in one round trip.</summary>
internal static class PostgresLogWriter
{
    public static async Task StoreAsync(NpgsqlConnection connection, LogBatch batch, long nowUnixMs)
    {
        await using var store = new PostgresBatch(connection);
        AddEntries(store, batch);
        AddProfiles(store, batch);
        AddDevices(store, batch);
        AddPositions(store, batch);
        // Whoever waits for the clock waits from here to the commit.
        var time = 0L;
        if (batch.Messages.Count > 0)
        {
            store.Query(
                "UPDATE imorleans_log_clock SET last_at = greatest(last_at, $1) RETURNING last_at",
                row => time = row.GetInt64(0),
                new NpgsqlParameter { Value = nowUnixMs });
            AddMessages(store, batch.Messages);
        }

        AddHeads(store, [.. batch.ChangedHeads]);
        await store.RunAsync();
        if (batch.Messages.Count > 0)
            batch.Stamp(time);
    }

    private static void AddMessages(PostgresBatch store, List<NewMessage> messages) => store.Add(
        """
        INSERT INTO imorleans_log_message (conversation_id, seq, counted_total, flags, uid, sender, object_name,
            client_message_id, name_hash, receivers, content, extras, sent_at)
        SELECT u.*, (SELECT last_at FROM imorleans_log_clock)
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS u
        """,
        PostgresBatch.Numbers(messages.Select(one => one.Conversation.Id)),
        PostgresBatch.Numbers(messages.Select(one => one.Seq)),
        PostgresBatch.Numbers(messages.Select(one => one.CountedTotal)),
        PostgresBatch.Array(NpgsqlDbType.Smallint, messages.Select(one => (short)one.Message.Flags)),
        PostgresBatch.Texts(messages.Select(one => one.Message.UId.Value)),
        PostgresBatch.Texts(messages.Select(one => one.Message.Sender.Value)),
        PostgresBatch.Array(NpgsqlDbType.Bytea, messages.Select(one => MessageText.Encode(one.Message.ObjectName))),
        PostgresBatch.Array(
            NpgsqlDbType.Bytea, messages.Select(one => MessageText.EncodeOrNull(one.Message.ClientMessageId))),
        PostgresBatch.Array(NpgsqlDbType.Bigint, messages.Select(one => one.Name?.Hash)),
        PostgresBatch.Texts(messages.Select(one => MessageText.Join(one.Message.Receivers))),
        PostgresBatch.Array(NpgsqlDbType.Bytea, messages.Select(one => MessageText.ArrayOf(one.Message.Content))),
        PostgresBatch.Array(NpgsqlDbType.Bytea, messages.Select(one => MessageText.ArrayOrNull(one.Message.Extras))));

    private static void AddHeads(PostgresBatch store, HeadRow[] rows)
    {
        if (rows.Length == 0)
            return;
        store.Add(
            $"""
            UPDATE imorleans_log_conversation c SET epoch = u.epoch, seq = u.seq, counted_total = u.counted_total,
                last_visible_seq = u.last_visible_seq,
                last_at = CASE u.last_at WHEN {LogWrite.TimeToCome} THEN (SELECT last_at FROM imorleans_log_clock)
                    ELSE u.last_at END
            FROM unnest($1, $2, $3, $4, $5, $6) AS u (id, epoch, seq, counted_total, last_at, last_visible_seq)
            WHERE c.id = u.id
            """,
            PostgresBatch.Numbers(rows.Select(row => row.Id)),
            PostgresBatch.Numbers(rows.Select(row => row.Head.Epoch)),
            PostgresBatch.Numbers(rows.Select(row => row.Head.Seq)),
            PostgresBatch.Numbers(rows.Select(row => row.Head.CountedTotal)),
            PostgresBatch.Numbers(rows.Select(row => row.Head.LastAtUnixMs)),
            PostgresBatch.Numbers(rows.Select(row => row.Head.LastVisibleSeq)));
    }

    private static void AddEntries(PostgresBatch store, LogBatch batch)
    {
        var rows = batch.ChangedEntries.ToArray();
        if (rows.Length == 0)
            return;
        store.Add(
            """
            INSERT INTO imorleans_log_entry (user_id, key, joined_seq, left_seq, read_seq, absences)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
            ON CONFLICT (user_id, key) DO UPDATE
            SET joined_seq = excluded.joined_seq, left_seq = excluded.left_seq, read_seq = excluded.read_seq,
                absences = excluded.absences
            """,
            PostgresBatch.Texts(rows.Select(one => one.User.Value)),
            PostgresBatch.Texts(rows.Select(one => one.Key.Value)),
            PostgresBatch.Numbers(rows.Select(one => one.Row.Stays.JoinedSeq)),
            PostgresBatch.Array(NpgsqlDbType.Bigint, rows.Select(one => one.Row.Stays.LeftSeq)),
            PostgresBatch.Numbers(rows.Select(one => one.Row.ReadSeq)),
            PostgresBatch.Texts(rows.Select(one => one.Row.Stays.AbsencesText)));
    }

    private static void AddProfiles(PostgresBatch store, LogBatch batch)
    {
        foreach (var (key, profile) in batch.Profiles)
            store.Add(
                """
                INSERT INTO imorleans_log_profile (key, name, creator, is_open, is_dismissed) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (key) DO UPDATE SET name = excluded.name, creator = excluded.creator,
                    is_open = excluded.is_open, is_dismissed = excluded.is_dismissed
                """,
                new NpgsqlParameter { Value = key.Value },
                new NpgsqlParameter { Value = MessageText.Encode(profile.Name) },
                new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)profile.Creator?.Value ?? DBNull.Value },
                new NpgsqlParameter { Value = profile.IsOpen },
                new NpgsqlParameter { Value = profile.IsDismissed });
    }

    private static void AddDevices(PostgresBatch store, LogBatch batch)
    {
        if (batch.RemovedDevices.Count > 0)
        {
            foreach (var table in (string[])["imorleans_log_device", "imorleans_log_position"])
                store.Add(
                    $"DELETE FROM {table} t USING unnest($1, $2) AS k (user_id, device)"
                    + " WHERE (t.user_id, t.device) = (k.user_id, k.device)",
                    PostgresBatch.Texts(batch.RemovedDevices.Select(one => one.User.Value)),
                    PostgresBatch.Texts(batch.RemovedDevices.Select(one => one.Device.Value)));
        }

        var touched = batch.TouchedDevices.ToArray();
        if (touched.Length == 0)
            return;
        store.Add(
            """
            INSERT INTO imorleans_log_device AS d (user_id, device, since_at, seen_at) SELECT * FROM unnest($1, $2, $3, $4)
            ON CONFLICT (user_id, device) DO UPDATE SET seen_at = greatest(d.seen_at, excluded.seen_at)
            """,
            PostgresBatch.Texts(touched.Select(one => one.User.Value)),
            PostgresBatch.Texts(touched.Select(one => one.Row.Device.Value)),
            PostgresBatch.Numbers(touched.Select(one => one.Row.SinceUnixMs)),
            PostgresBatch.Numbers(touched.Select(one => one.Row.SeenAtUnixMs)));
    }

    private static void AddPositions(PostgresBatch store, LogBatch batch)
    {
        if (batch.Positions.Count == 0)
            return;
        store.Add(
            """
            INSERT INTO imorleans_log_position AS p (user_id, device, key, delivered_seq)
            SELECT * FROM unnest($1, $2, $3, $4) AS u (user_id, device, key, delivered_seq) ORDER BY 1, 2, 3
            ON CONFLICT (user_id, device, key) DO UPDATE
            SET delivered_seq = greatest(p.delivered_seq, excluded.delivered_seq)
            """,
            PostgresBatch.Texts(batch.Positions.Keys.Select(one => one.User.Value)),
            PostgresBatch.Texts(batch.Positions.Keys.Select(one => one.Device.Value)),
            PostgresBatch.Texts(batch.Positions.Keys.Select(one => one.Key.Value)),
            PostgresBatch.Numbers(batch.Positions.Values));
    }
}
