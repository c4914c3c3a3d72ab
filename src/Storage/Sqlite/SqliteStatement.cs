using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.Sqlite;

/// <summary>A statement that is compiled once and run many times. Its parameters are $1, $2 and so on.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand _command;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is always our own.
        _command.CommandText = sql;
#pragma warning restore CA2100
    }

    /// <summary>How many rows it has changed.</summary>
    public int Execute(params ReadOnlySpan<object?> values) => Bind(values).ExecuteNonQuery();

    public object? Scalar(params ReadOnlySpan<object?> values) => Bind(values).ExecuteScalar();

    public SqliteDataReader Query(params ReadOnlySpan<object?> values) => Bind(values).ExecuteReader();

    public void Dispose() => _command.Dispose();

    private SqliteCommand Bind(ReadOnlySpan<object?> values)
    {
        var parameters = _command.Parameters;
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i] ?? DBNull.Value;
            if (i == parameters.Count)
                parameters.AddWithValue($"${i + 1}", value);
            else
                parameters[i].Value = value;
        }

        return _command;
    }
}
