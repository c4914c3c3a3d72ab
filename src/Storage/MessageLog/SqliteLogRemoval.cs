using ImOrleans.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.MessageLog;

/// <summary>Removes what is old, within a transaction.</summary>
internal sealed class SqliteLogRemoval(SqliteConnection connection) : IDisposable
{
    /// <summary>Messages lie in the order of their times: the oldest are the first.</summary>
    private readonly SqliteStatement _messages = new(
        connection,
        """
        DELETE FROM log_message WHERE id IN (SELECT id FROM log_message ORDER BY id LIMIT $2) AND sent_at < $1
        RETURNING conversation_id, seq;
        """);

    private readonly SqliteStatement _mark = new(
        connection, "DELETE FROM log_mark WHERE conversation_id = $1 AND seq = $2;");

    private readonly SqliteStatement _devices = new(
        connection,
        """
        DELETE FROM log_device WHERE (user_id, device) IN (
            SELECT user_id, device FROM log_device WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)
        RETURNING user_id, device;
        """);

    private readonly SqliteStatement _positions = new(
        connection, "DELETE FROM log_position WHERE user_id = $1 AND device = $2;");

    public int RemoveMessages(long beforeUnixMs, int countMax)
    {
        var removed = 0;
        var marks = new List<(long Conversation, long Seq)>();
        using (var rows = _messages.Query(beforeUnixMs, countMax))
            for (; rows.Read(); removed++)
                if (rows.GetInt64(1) % SqliteLogSchema.MarkDistance == 0)
                    marks.Add((rows.GetInt64(0), rows.GetInt64(1)));
        foreach (var (conversation, seq) in marks)
            _mark.Execute(conversation, seq);
        return removed;
    }

    public int RemoveDevices(long unseenSinceUnixMs, int countMax)
    {
        var removed = new List<(string User, string Device)>();
        using (var rows = _devices.Query(unseenSinceUnixMs, countMax))
            while (rows.Read())
                removed.Add((rows.GetString(0), rows.GetString(1)));
        foreach (var (user, device) in removed)
            _positions.Execute(user, device);
        return removed.Count;
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_messages, _mark, _devices, _positions])
            statement.Dispose();
    }
}
