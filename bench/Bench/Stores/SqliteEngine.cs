using Microsoft.Data.Sqlite;

namespace ImOrleans.Bench.Stores;

/// <summary>SQLite alone, on a file that the log has made.</summary>
internal sealed class SqliteEngine : IStoreEngine
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _message;
    private readonly SqliteCommand _mark;
    private readonly SqliteCommand _head;
    private readonly SqliteCommand _clock;
    private readonly SqliteCommand _commit;
    private readonly Random _random = new(5);
    private readonly long[] _seqs;
    private readonly long[] _lastIds;
    private long _lastId;

    /// <param name="path">A file with the tables of the log, and nothing in them.</param>
    /// <param name="conversations">How many conversations there are.</param>
    public SqliteEngine(string path, int conversations)
    {
        (_seqs, _lastIds) = (new long[conversations], new long[conversations]);
        _connection = new($"Data Source={path};Pooling=False");
        _connection.Open();
        Run("PRAGMA journal_mode=WAL");
        Run("PRAGMA synchronous=FULL");
        _begin = Prepare("BEGIN IMMEDIATE", 0);
        _commit = Prepare("COMMIT", 0);
        _message = Prepare(
            "INSERT INTO log_message VALUES ($1, $2, $3, $4, $5, $3, 1, $6, $7, $8, $9, $10, NULL, $11, NULL)", 11);
        _mark = Prepare("INSERT INTO log_mark VALUES ($1, $2, $3)", 3);
        _head = Prepare(
            "UPDATE log_head SET epoch = 1, seq = $2, counted_total = $2, last_at = $3, last_visible_seq = $2,"
            + " last_message_id = $4 WHERE id = $1",
            4);
        _clock = Prepare("UPDATE log_clock SET last_at = $1, last_message_id = $2", 2);
        _begin.ExecuteNonQuery();
        for (var i = 1; i <= conversations; i++)
            Run($"INSERT INTO log_head VALUES ({i}, 1, 0, 0, 0, 0, 0); INSERT INTO log_conversation VALUES ('{i}', {i})");
        _commit.ExecuteNonQuery();
    }

    /// <inheritdoc />
    public void Commit(int count, bool isNamed)
    {
        _begin.ExecuteNonQuery();
        for (var i = 0; i < count; i++)
            Add(_random.Next(_seqs.Length), isNamed);
        Execute(_clock, _lastId, _lastId);
        _commit.ExecuteNonQuery();
    }

    /// <inheritdoc />
    public void Dispose() => _connection.Dispose();

    private void Add(int conversation, bool isNamed)
    {
        var seq = ++_seqs[conversation];
        var id = ++_lastId;
        object hash = isNamed ? _random.NextInt64() : DBNull.Value;
        Execute(
            _message, id, conversation + 1, seq, _lastIds[conversation], SampleMessage.Time + id, SampleMessage.UId, "user",
            SampleMessage.ObjectName, isNamed ? BitConverter.GetBytes((long)hash) : DBNull.Value, hash, SampleMessage.Content);
        if (seq % 64 == 0)
            Execute(_mark, conversation + 1, seq, id);
        _lastIds[conversation] = id;
        Execute(_head, conversation + 1, seq, SampleMessage.Time + id, id);
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
            command.Parameters.AddWithValue($"${i}", DBNull.Value);
        return command;
    }

    private void Run(string sql)
    {
        using var command = Prepare(sql, 0);
        command.ExecuteNonQuery();
    }

    private static void Execute(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }
}
