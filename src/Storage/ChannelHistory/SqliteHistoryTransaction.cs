using System.Text;
using ImOrleans.Domain.History;
using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.ChannelHistory;

/// <summary>Appends batches of messages, and removes old ones. Used by one thread at a time.</summary>
internal sealed class SqliteHistoryTransaction(SqliteConnection connection) : IDisposable
{
    private readonly SqliteCommand _last = Prepare(
        connection,
        """
        SELECT sent_at FROM channel_message WHERE channel_type = $type AND channel = $channel
        ORDER BY sent_at DESC LIMIT 1;
        """);

    private readonly SqliteCommand _find = Prepare(
        connection,
        """
        SELECT sent_at FROM channel_message
        WHERE channel_type = $type AND channel = $channel AND sent_at >= $sent_at AND epoch = $epoch AND position = $position
        ORDER BY sent_at LIMIT 1;
        """);

    private readonly SqliteCommand _insert = Prepare(
        connection,
        """
        INSERT INTO channel_message
            (channel_type, channel, sent_at, epoch, position, publisher, message_type, custom_type, payload)
        VALUES ($type, $channel, $sent_at, $epoch, $position, $publisher, $message_type, $custom_type, $payload);
        """);

    private readonly SqliteCommand _remove = Prepare(
        connection,
        """
        DELETE FROM channel_message WHERE id IN (
            SELECT id FROM channel_message WHERE sent_at < $before ORDER BY sent_at LIMIT $count);
        """);

    /// <summary>Appends all, in one transaction.</summary>
    /// <exception cref="HistoryUnknownException">It failed at its commit.</exception>
    public void Append(IReadOnlyList<HistoryAppend> appends)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        _last.Transaction = _find.Transaction = _insert.Transaction = transaction;
        var times = new HistoryTimes();
        foreach (var append in appends)
        {
            if (append.MayBeStored && Find(append) is { } found)
            {
                append.StoredAtUnixMs = found;
                continue;
            }

            if (!times.Knows(append.Key))
                times.Learn(append.Key, FindLast(append.Key));
            append.StoredAtUnixMs = times.Next(append.Key, append.Message.SentAtUnixMs);
            Insert(append);
        }

        try
        {
            transaction.Commit();
        }
        catch (SqliteException failure)
        {
            throw new HistoryUnknownException("The commit of messages failed.", failure);
        }
    }

    /// <summary>Removes the oldest messages of before a time, at most so many.</summary>
    public int Remove(long beforeUnixMs, int countMax)
    {
        _remove.Parameters.Clear();
        _remove.Parameters.AddWithValue("$before", beforeUnixMs);
        _remove.Parameters.AddWithValue("$count", countMax);
        return _remove.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _last.Dispose();
        _find.Dispose();
        _insert.Dispose();
        _remove.Dispose();
    }

    private long FindLast(HistoryKey key)
    {
        Name(_last, key);
        return (long?)_last.ExecuteScalar() ?? 0;
    }

    private long? Find(HistoryAppend append)
    {
        Name(_find, append.Key);
        _find.Parameters.AddWithValue("$sent_at", append.Message.SentAtUnixMs);
        _find.Parameters.AddWithValue("$epoch", append.Message.Position.Epoch);
        _find.Parameters.AddWithValue("$position", append.Message.Position.Offset);
        return (long?)_find.ExecuteScalar();
    }

    private void Insert(HistoryAppend append)
    {
        var (position, publisher, payload, _) = append.Message;
        Name(_insert, append.Key);
        _insert.Parameters.AddWithValue("$sent_at", append.StoredAtUnixMs);
        _insert.Parameters.AddWithValue("$epoch", position.Epoch);
        _insert.Parameters.AddWithValue("$position", position.Offset);
        _insert.Parameters.AddWithValue("$publisher", publisher.Value);
        _insert.Parameters.AddWithValue("$message_type", (int)payload.Type);
        _insert.Parameters.AddWithValue(
            "$custom_type", payload.CustomType is { } label ? Encoding.UTF8.GetBytes(label) : DBNull.Value);
        _insert.Parameters.AddWithValue("$payload", payload.Bytes.ToArray());
        _insert.ExecuteNonQuery();
    }

    private static void Name(SqliteCommand command, HistoryKey key)
    {
        command.Parameters.Clear();
        command.Parameters.AddWithValue("$type", (int)key.Type);
        command.Parameters.AddWithValue("$channel", key.Name);
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is always our own.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
