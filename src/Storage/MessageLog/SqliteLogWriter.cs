using ImOrleans.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.MessageLog;

/// <summary>Stores what a batch has come to, within its transaction.</summary>
internal sealed class SqliteLogWriter(SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatement _clock = new(connection, "SELECT last_at, last_message_id FROM log_clock;");
    private readonly SqliteStatement _setClock = new(connection, "UPDATE log_clock SET last_at = $1, last_message_id = $2;");

    private readonly SqliteStatement _message = new(
        connection,
        "INSERT INTO log_message VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);");

    private readonly SqliteStatement _mark = new(connection, "INSERT INTO log_mark VALUES ($1, $2, $3);");

    private readonly SqliteStatement _head = new(
        connection,
        """
        UPDATE log_head SET epoch = $2, seq = $3, counted_total = $4, last_at = $5, last_visible_seq = $6,
            last_message_id = $7 WHERE id = $1;
        """);

    private readonly SqliteStatement _entry = new(connection, "INSERT OR REPLACE INTO log_entry VALUES ($1, $2, $3, $4, $5, $6);");

    private readonly SqliteStatement _profile = new(
        connection, "INSERT OR REPLACE INTO log_profile VALUES ($1, $2, $3, $4, $5);");

    private readonly SqliteStatement _device = new(connection, "INSERT OR REPLACE INTO log_device VALUES ($1, $2, $3, $4);");

    private readonly SqliteStatement _removeDevice = new(
        connection, "DELETE FROM log_device WHERE user_id = $1 AND device = $2;");

    private readonly SqliteStatement _removePositions = new(
        connection, "DELETE FROM log_position WHERE user_id = $1 AND device = $2;");

    private readonly SqliteStatement _position = new(
        connection,
        """
        INSERT INTO log_position VALUES ($1, $2, $3, $4)
        ON CONFLICT DO UPDATE SET delivered_seq = max(delivered_seq, excluded.delivered_seq);
        """);

    public void Store(LogBatch batch, long nowUnixMs)
    {
        if (batch.Messages.Count > 0)
            StoreMessages(batch, nowUnixMs);
        foreach (var row in batch.ChangedHeads)
        {
            var (epoch, seq, countedTotal, lastAt, lastVisibleSeq) = row.Head;
            _head.Execute(row.Id, epoch, seq, countedTotal, lastAt, lastVisibleSeq, row.LastMessageId);
        }

        foreach (var (user, key, row) in batch.ChangedEntries)
            _entry.Execute(
                user.Value, key.Value, row.Stays.JoinedSeq, row.Stays.LeftSeq, row.ReadSeq, row.Stays.AbsencesText);
        foreach (var (key, profile) in batch.Profiles)
            _profile.Execute(
                key.Value, MessageText.Encode(profile.Name), profile.Creator?.Value, profile.IsOpen, profile.IsDismissed);
        foreach (var (user, device) in batch.RemovedDevices)
        {
            _removeDevice.Execute(user.Value, device.Value);
            _removePositions.Execute(user.Value, device.Value);
        }

        foreach (var (user, row) in batch.TouchedDevices)
            _device.Execute(user.Value, row.Device.Value, row.SinceUnixMs, row.SeenAtUnixMs);
        foreach (var ((user, device, key), deliveredSeq) in batch.Positions)
            _position.Execute(user.Value, device.Value, key.Value, deliveredSeq);
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])
            [_clock, _setClock, _message, _mark, _head, _entry, _profile, _device, _removeDevice, _removePositions, _position])
            statement.Dispose();
    }

    private void StoreMessages(LogBatch batch, long nowUnixMs)
    {
        var (lastAt, id) = ReadClock();
        var time = Math.Max(lastAt, nowUnixMs);
        batch.Stamp(time);
        foreach (var (conversation, seq, countedTotal, message, name) in batch.Messages)
        {
            id++;
            _message.Execute(
                id, conversation.Id, seq, conversation.LastMessageId, time, countedTotal, (int)message.Flags,
                message.UId.Value, message.Sender.Value, MessageText.Encode(message.ObjectName),
                MessageText.EncodeOrNull(message.ClientMessageId), name?.Hash, MessageText.Join(message.Receivers),
                MessageText.ArrayOf(message.Content), MessageText.ArrayOrNull(message.Extras));
            conversation.LastMessageId = id;
            if (seq % SqliteLogSchema.MarkDistance == 0)
                _mark.Execute(conversation.Id, seq, id);
        }

        _setClock.Execute(time, id);
    }

    private (long LastAt, long LastMessageId) ReadClock()
    {
        using var row = _clock.Query();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }
}
