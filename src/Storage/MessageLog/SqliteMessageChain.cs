using ImOrleans.Domain.Conversations;
using ImOrleans.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.MessageLog;

/// <summary>
/// Finds the messages of a conversation. They are chained from the last to the first, and every so many are marked: a
/// place is found from the mark behind it, in as many steps at most.
/// </summary>
internal sealed class SqliteMessageChain(SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatement _head = new(
        connection,
        """
        SELECT id, seq, last_message_id FROM log_head WHERE id = (SELECT id FROM log_conversation WHERE key = $1);
        """);

    private readonly SqliteStatement _mark = new(
        connection,
        "SELECT seq, message_id FROM log_mark WHERE conversation_id = $1 AND seq >= $2 ORDER BY seq LIMIT 1;");

    private readonly SqliteStatement _link = new(
        connection, "SELECT seq, previous_id, sent_at FROM log_message WHERE id = $1;");

    private readonly SqliteStatement _message = new(
        connection,
        """
        SELECT seq, sent_at, uid, sender, object_name, content, flags, client_message_id, receivers, extras
        FROM log_message WHERE id = $1;
        """);

    private readonly SqliteStatement _named = new(
        connection,
        """
        SELECT id FROM log_message
        WHERE conversation_id = (SELECT id FROM log_conversation WHERE key = $1)
            AND name_hash = $2 AND sender = $3 AND client_message_id = $4;
        """);

    public MessagePage Read(ConversationKey key, MessageRange range)
    {
        var page = new MessagePageBuilder(range.Count);
        if (FindEnd(key) is { } end)
            foreach (var id in range.IsNewestFirst
                ? Backward(end, range.AfterSeq, range.BeforeSeq) : Forward(end, range.AfterSeq, range.BeforeSeq))
                if (!page.TryAdd(Message(id)))
                    break;
        return page.Build();
    }

    public StoredMessage? Find(ClientName name) =>
        _named.Number(name.Key.Value, name.Hash, name.Sender.Value, MessageText.Encode(name.Name)) is { } id
            ? Message(id)
            : null;

    /// <summary>The last message with a time up to this one.</summary>
    public long FindSeq(ConversationKey key, long atUnixMs)
    {
        if (FindEnd(key) is not { } end)
            return 0;
        // The first mark whose message is later lies in (low, high], counted in marks; the end is behind all marks.
        var (low, high) = (0L, end.Seq / SqliteLogSchema.MarkDistance);
        var from = end.MessageId;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            var (seq, id) = MarkAt(end, middle * SqliteLogSchema.MarkDistance);
            if (LinkAt(id) is { } link && link.SentAt > atUnixMs)
            {
                from = id;
                high = middle - 1;
            }
            else
            {
                low = seq / SqliteLogSchema.MarkDistance;
            }
        }

        for (var id = from; LinkAt(id) is { } link; id = link.Previous)
            if (link.SentAt <= atUnixMs)
                return link.Seq;
        return 0;
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_head, _mark, _link, _message, _named])
            statement.Dispose();
    }

    private IEnumerable<long> Backward(End end, long after, long before)
    {
        var id = before > end.Seq ? end.MessageId : MarkAt(end, before - 1).MessageId;
        for (; LinkAt(id) is { } link && link.Seq > after; id = link.Previous)
            if (link.Seq < before)
                yield return id;
    }

    /// <summary>From mark to mark; between two the chain is followed back to where the last one was.</summary>
    private IEnumerable<long> Forward(End end, long after, long before)
    {
        var stretch = new List<long>();
        while (after < end.Seq && after < before - 1)
        {
            var (seq, id) = MarkAt(end, after + 1);
            for (; LinkAt(id) is { } link && link.Seq > after; id = link.Previous)
                if (link.Seq < before)
                    stretch.Add(id);
            for (var i = stretch.Count - 1; i >= 0; i--)
                yield return stretch[i];
            stretch.Clear();
            after = seq;
        }
    }

    private End? FindEnd(ConversationKey key)
    {
        using var row = _head.Query(key.Value);
        return row.Read() ? new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)) : null;
    }

    /// <summary>The first mark at a place or behind it; the end, when there is none.</summary>
    private (long Seq, long MessageId) MarkAt(End end, long seq)
    {
        using var row = _mark.Query(end.ConversationId, seq);
        return row.Read() ? (row.GetInt64(0), row.GetInt64(1)) : (end.Seq, end.MessageId);
    }

    /// <summary>A message that was removed is none; all before it are gone too.</summary>
    private Link? LinkAt(long id)
    {
        using var row = _link.Query(id);
        return row.Read() ? new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)) : null;
    }

    private StoredMessage Message(long id)
    {
        using var row = _message.Query(id);
        row.Read();
        return new(row.GetInt64(0), row.GetInt64(1), new(
            MessageUId.TryParse(row.GetString(2), out var uid) ? uid : default,
            new(row.GetString(3)),
            MessageText.Decode(row.GetFieldValue<byte[]>(4)),
            row.GetFieldValue<byte[]>(5),
            (MessageFlags)row.GetByte(6),
            row.IsDBNull(7) ? null : MessageText.Decode(row.GetFieldValue<byte[]>(7)),
            MessageText.Split(row.IsDBNull(8) ? null : row.GetString(8)),
            row.IsDBNull(9) ? default : row.GetFieldValue<byte[]>(9)));
    }

    private readonly record struct End(long ConversationId, long Seq, long MessageId);

    private readonly record struct Link(long Seq, long Previous, long SentAt);
}
