using Npgsql;
using NpgsqlTypes;

namespace ImOrleans.Bench.Stores;

/// <summary>PostgreSQL alone, in a database with the log's tables: the same statements, planned in the same way.</summary>
internal sealed class PostgresEngine : IStoreEngine
{
    private readonly NpgsqlConnection _connection;
    private readonly Random _random = new(5);
    private readonly long[] _ids;
    private readonly long[] _seqs;

    /// <param name="connectionString">A database with the tables of the log.</param>
    /// <param name="conversations">How many conversations it is given.</param>
    public PostgresEngine(string connectionString, int conversations)
    {
        _seqs = new long[conversations];
        _connection = new(connectionString);
        _connection.Open();
        using var command = new NpgsqlCommand(
            "INSERT INTO imorleans_log_conversation (key) SELECT 'engine' || i FROM generate_series(1, $1) AS i RETURNING id",
            _connection);
        command.Parameters.Add(new() { Value = conversations });
        using var rows = command.ExecuteReader();
        var ids = new List<long>();
        while (rows.Read())
            ids.Add(rows.GetInt64(0));
        _ids = [.. ids];
    }

    /// <inheritdoc />
    /// <remarks>One round trip to begin and to write, and one to commit.</remarks>
    public void Commit(int count, bool isNamed)
    {
        var rows = Enumerable.Range(0, count).Select(_ =>
        {
            var conversation = _random.Next(_ids.Length);
            return (Id: _ids[conversation], Seq: ++_seqs[conversation]);
        }).ToArray();
        var heads = rows.GroupBy(row => row.Id).Select(group => group.MaxBy(row => row.Seq)).ToArray();
        using var transaction = _connection.BeginTransaction();
        using var batch = new NpgsqlBatch(_connection, transaction);
        Add(batch, "SELECT set_config('random_page_cost', '1', true), set_config('jit', 'off', true)");
        Add(
            batch, "UPDATE imorleans_log_clock SET last_at = greatest(last_at, $1)",
            new NpgsqlParameter { Value = SampleMessage.Time });
        Add(
            batch,
            """
            INSERT INTO imorleans_log_message (conversation_id, seq, counted_total, flags, uid, sender, object_name,
                client_message_id, name_hash, content, sent_at)
            SELECT u.id, u.seq, u.seq, 1, u.uid, u.sender, u.object_name, u.name, u.hash, u.content,
                (SELECT last_at FROM imorleans_log_clock)
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS u (id, seq, uid, sender, object_name, name, hash, content)
            """,
            Of(NpgsqlDbType.Bigint, rows, row => row.Id),
            Of(NpgsqlDbType.Bigint, rows, row => row.Seq),
            Of(NpgsqlDbType.Text, rows, _ => SampleMessage.UId),
            Of(NpgsqlDbType.Text, rows, _ => "user"),
            Of(NpgsqlDbType.Bytea, rows, _ => SampleMessage.ObjectName),
            Of(NpgsqlDbType.Bytea, rows, _ => isNamed ? BitConverter.GetBytes(_random.NextInt64()) : null),
            Of(NpgsqlDbType.Bigint, rows, _ => isNamed ? _random.NextInt64() : (long?)null),
            Of(NpgsqlDbType.Bytea, rows, _ => SampleMessage.Content));
        Add(
            batch,
            """
            UPDATE imorleans_log_conversation c SET seq = u.seq, counted_total = u.seq, last_visible_seq = u.seq,
                last_at = (SELECT last_at FROM imorleans_log_clock)
            FROM unnest($1, $2) AS u (id, seq) WHERE c.id = u.id
            """,
            Of(NpgsqlDbType.Bigint, heads, row => row.Id),
            Of(NpgsqlDbType.Bigint, heads, row => row.Seq));
        batch.ExecuteNonQuery();
        transaction.Commit();
    }

    /// <inheritdoc />
    public void Dispose() => _connection.Dispose();

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter Of<T>(
        NpgsqlDbType type, (long Id, long Seq)[] rows, Func<(long Id, long Seq), T> value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = rows.Select(value).ToArray() };
}
