using ImOrleans.Domain.Conversations;
using ImOrleans.Storage.MessageLog.Writes;
using ImOrleans.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.MessageLog;

/// <summary>Stores batches of writes in SQLite. Used by one thread at a time.</summary>
internal sealed class SqliteLogTransaction(SqliteConnection connection, TimeProvider clock) : IDisposable
{
    /// <summary>Heads that are remembered from one transaction to the next; some megabytes.</summary>
    private const int HeadsMax = 20_000;

    private readonly Dictionary<ConversationKey, HeadRow> _heads = [];
    private readonly SqliteStatement _version = new(connection, "PRAGMA data_version;");
    private readonly SqliteStatement _begin = new(connection, "BEGIN IMMEDIATE;");
    private readonly SqliteStatement _commit = new(connection, "COMMIT;");
    private readonly SqliteLogWriter _writer = new(connection);
    private long _seenVersion;

    private readonly SqliteStatement _head = new(
        connection,
        """
        SELECT id, epoch, seq, counted_total, last_at, last_visible_seq, last_message_id
        FROM log_head WHERE id = (SELECT id FROM log_conversation WHERE key = $1);
        """);

    private readonly SqliteStatement _newHead = new(
        connection, "INSERT INTO log_head VALUES (NULL, 0, 0, 0, 0, 0, 0) RETURNING id;");

    private readonly SqliteStatement _newConversation = new(connection, "INSERT INTO log_conversation VALUES ($1, $2);");

    private readonly SqliteStatement _entry = new(
        connection, "SELECT joined_seq, left_seq, read_seq, absences FROM log_entry WHERE user_id = $1 AND key = $2;");

    private readonly SqliteStatement _name = new(
        connection,
        """
        SELECT 1 FROM log_message
        WHERE conversation_id = $1 AND name_hash = $2 AND sender = $3 AND client_message_id = $4;
        """);

    private readonly SqliteStatement _device = new(
        connection, "SELECT since_at, seen_at FROM log_device WHERE user_id = $1 AND device = $2;");

    /// <summary>Stores all.</summary>
    /// <exception cref="LogUnknownException">It failed at its commit.</exception>
    public void Store(IReadOnlyList<LogWrite> writes)
    {
        var batch = Do(() =>
        {
            ForgetWhatOthersChanged();
            var batch = new LogBatch(writes);
            Load(batch);
            batch.Apply();
            _writer.Store(batch, clock.GetUtcNow().ToUnixTimeMilliseconds());
            return batch;
        });
        // Only what is on disk is remembered.
        foreach (var (key, row) in batch.Heads)
            _heads[key] = row;
    }

    /// <summary>Does something in a transaction.</summary>
    /// <exception cref="LogUnknownException">It failed at its commit.</exception>
    public T Do<T>(Func<T> work)
    {
        _begin.Execute();
        T result;
        try
        {
            result = work();
        }
        catch
        {
            RollBack();
            throw;
        }

        try
        {
            _commit.Execute();
            return result;
        }
        catch (SqliteException failure)
        {
            RollBack();
            _heads.Clear();
            throw new LogUnknownException("The commit of messages failed.", failure);
        }
    }

    public void Dispose()
    {
        foreach (var statement in (IDisposable[])
            [_version, _begin, _commit, _writer, _head, _newHead, _newConversation, _entry, _name, _device])
            statement.Dispose();
    }

    /// <summary>SQLite itself ends some transactions that fail.</summary>
    private void RollBack()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            connection.Execute("ROLLBACK;");
    }

    /// <summary>Nobody else should write to the file; whoever does is noticed here.</summary>
    private void ForgetWhatOthersChanged()
    {
        var version = _version.Number()!.Value;
        if (version != _seenVersion || _heads.Count > HeadsMax)
            _heads.Clear();
        _seenVersion = version;
    }

    private void Load(LogBatch batch)
    {
        foreach (var key in batch.AskedHeads.ToList())
            if ((Find(key) ?? (batch.Opened.Contains(key) ? Create(key) : null)) is { } row)
                batch.Learn(key, row);
        foreach (var key in batch.AskedSeqs.ToList())
            if (Find(key) is { } row)
                batch.LearnSeq(key, row.Head.Seq);
        foreach (var (user, key) in batch.AskedEntries.ToList())
        {
            using var row = _entry.Query(user.Value, key.Value);
            if (row.Read())
                batch.Learn(user, key, new(SqliteLogQueries.Stays(row, 0, 3), row.GetInt64(2)));
        }

        foreach (var name in batch.AskedNames)
            if (batch.HeadOf(name.Key) is { } row
                && _name.Number(row.Id, name.Hash, name.Sender.Value, MessageText.Encode(name.Name)) is not null)
                batch.LearnUsed(name);
        foreach (var (user, device) in batch.AskedDevices.ToList())
        {
            using var row = _device.Query(user.Value, device.Value);
            if (row.Read())
                batch.Learn(user, new(device, row.GetInt64(0), row.GetInt64(1)));
        }
    }

    private HeadRow? Find(ConversationKey key)
    {
        if (_heads.TryGetValue(key, out var known))
            return new(known.Id, known.Head, known.LastMessageId);
        using var row = _head.Query(key.Value);
        return row.Read()
            ? new(
                row.GetInt64(0),
                new(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)),
                row.GetInt64(6))
            : null;
    }

    private HeadRow Create(ConversationKey key)
    {
        var id = _newHead.Number()!.Value;
        _newConversation.Execute(key.Value, id);
        return new(id, ConversationHead.None);
    }
}
