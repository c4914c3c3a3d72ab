using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ImOrleans.Bench.Stores;

/// <summary>SQLite alone, called as directly as can be, on a file that the log has made.</summary>
internal sealed class SqliteEngine : IStoreEngine
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3_stmt _begin;
    private readonly sqlite3_stmt _message;
    private readonly sqlite3_stmt _mark;
    private readonly sqlite3_stmt _head;
    private readonly sqlite3_stmt _clock;
    private readonly sqlite3_stmt _commit;
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
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _message = Prepare(
            "INSERT INTO log_message VALUES (?1, ?2, ?3, ?4, ?5, ?3, 1, ?6, ?7, ?8, ?9, ?10, NULL, ?11, NULL)");
        _mark = Prepare("INSERT INTO log_mark VALUES (?1, ?2, ?3)");
        _head = Prepare(
            "UPDATE log_head SET epoch = 1, seq = ?2, counted_total = ?2, last_at = ?3, last_visible_seq = ?2,"
            + " last_message_id = ?4 WHERE id = ?1");
        _clock = Prepare("UPDATE log_clock SET last_at = ?1, last_message_id = ?2");
        Execute(_begin);
        for (var i = 1; i <= conversations; i++)
            Run($"INSERT INTO log_head VALUES ({i}, 1, 0, 0, 0, 0, 0); INSERT INTO log_conversation VALUES ('{i}', {i})");
        Execute(_commit);
    }

    /// <inheritdoc />
    public void Commit(int count, bool isNamed)
    {
        Execute(_begin);
        for (var i = 0; i < count; i++)
            Add(_random.Next(_seqs.Length), isNamed);
        Execute(_clock, _lastId, _lastId);
        Execute(_commit);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var statement in (sqlite3_stmt[])[_begin, _message, _mark, _head, _clock, _commit])
            statement.Dispose();
        _connection.Dispose();
    }

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

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_connection.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return statement;
    }

    private void Run(string sql) => Check(raw.sqlite3_exec(_connection.Handle, sql));

    private void Execute(sqlite3_stmt statement, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            Check(values[i] switch
            {
                byte[] bytes => raw.sqlite3_bind_blob(statement, i + 1, bytes),
                string text => raw.sqlite3_bind_text(statement, i + 1, text),
                DBNull => raw.sqlite3_bind_null(statement, i + 1),
                var number => raw.sqlite3_bind_int64(statement, i + 1, Convert.ToInt64(number, CultureInfo.InvariantCulture)),
            });
        Check(raw.sqlite3_step(statement));
        Check(raw.sqlite3_reset(statement));
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _connection.Handle);
}
