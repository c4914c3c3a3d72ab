using Npgsql;
using NpgsqlTypes;

namespace ImOrleans.Storage.Postgres;

/// <summary>Statements that are sent together and answered together: one round trip.</summary>
internal sealed class PostgresBatch(NpgsqlConnection connection) : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch = new(connection);
    private readonly List<Action<NpgsqlDataReader>> _rows = [];

    /// <summary>Adds a statement without an answer.</summary>
    public void Add(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        _batch.BatchCommands.Add(command);
    }

    /// <summary>Adds a query.</summary>
    public void Query(string sql, Action<NpgsqlDataReader> row, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        Add(sql, parameters);
        _rows.Add(row);
    }

    public async Task RunAsync()
    {
        if (_batch.BatchCommands.Count == 0)
            return;
        await using var reader = await _batch.ExecuteReaderAsync();
        // Statements without an answer have no place among the results.
        foreach (var row in _rows)
        {
            while (await reader.ReadAsync())
                row(reader);
            await reader.NextResultAsync();
        }
    }

    public ValueTask DisposeAsync() => _batch.DisposeAsync();

    public static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };

    public static NpgsqlParameter Texts(IEnumerable<string?> values) => Array(NpgsqlDbType.Text, values);

    public static NpgsqlParameter Numbers(IEnumerable<long> values) => Array(NpgsqlDbType.Bigint, values);
}
