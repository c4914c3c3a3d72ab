using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ImOrleans.Storage.Sqlite;

/// <summary>A statement that is compiled once and run many times. Its parameters are $1, $2 and so on.</summary>
/// <remarks>
/// What yields rows goes through a command. What writes is given to SQLite itself: a command costs more than most of the
/// rows that are written.
/// </remarks>
internal sealed class SqliteStatement(SqliteConnection connection, string sql) : IDisposable
{
    /// <summary>Texts up to so many bytes are encoded without an array.</summary>
    private const int ShortBytes = 512;

    private SqliteCommand? _command;
    private sqlite3_stmt? _compiled;
    private int[] _places = [];

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public void Execute(params ReadOnlySpan<object?> values) => Number(values);

    /// <summary>Runs it to its end: the number in the first column of the first row; null when there is no row.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public long? Number(params ReadOnlySpan<object?> values)
    {
        var compiled = _compiled ??= Compile();
        for (var i = 0; i < values.Length; i++)
            Check(Bind(compiled, _places[i], values[i]));
        long? number = null;
        int code;
        while ((code = raw.sqlite3_step(compiled)) == raw.SQLITE_ROW)
            number ??= raw.sqlite3_column_int64(compiled, 0);
        // The failure is told before the reset, which would tell it again.
        try
        {
            if (code != raw.SQLITE_DONE)
                Check(code);
        }
        finally
        {
            _ = raw.sqlite3_reset(compiled);
        }

        return number;
    }

    /// <summary>Runs it as far as its rows are read.</summary>
    public SqliteDataReader Query(params ReadOnlySpan<object?> values)
    {
        if (_command is null)
        {
            _command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is always our own.
            _command.CommandText = sql;
#pragma warning restore CA2100
        }

        var parameters = _command.Parameters;
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i] ?? DBNull.Value;
            if (i == parameters.Count)
                parameters.AddWithValue($"${i + 1}", value);
            else
                parameters[i].Value = value;
        }

        return _command.ExecuteReader();
    }

    public void Dispose()
    {
        _command?.Dispose();
        _compiled?.Dispose();
    }

    private sqlite3_stmt Compile()
    {
        Check(raw.sqlite3_prepare_v3(connection.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var compiled));

        // SQLite counts parameters in the order in which they first occur.
        _places = new int[raw.sqlite3_bind_parameter_count(compiled)];
        for (var place = 1; place <= _places.Length; place++)
        {
            var name = raw.sqlite3_bind_parameter_name(compiled, place).utf8_to_string();
            _places[int.Parse(name.AsSpan(1), CultureInfo.InvariantCulture) - 1] = place;
        }

        return compiled;
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, connection.Handle);

    private static int Bind(sqlite3_stmt compiled, int place, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(compiled, place),
        long number => raw.sqlite3_bind_int64(compiled, place, number),
        int number => raw.sqlite3_bind_int64(compiled, place, number),
        bool flag => raw.sqlite3_bind_int(compiled, place, flag ? 1 : 0),
        string text => BindText(compiled, place, text),
        // Without bytes it would be null.
        byte[] { Length: 0 } => raw.sqlite3_bind_zeroblob(compiled, place, 0),
        byte[] bytes => raw.sqlite3_bind_blob(compiled, place, bytes),
        _ => throw new ArgumentException($"A {value.GetType().Name} has no column.", nameof(value)),
    };

    private static int BindText(sqlite3_stmt compiled, int place, string text)
    {
        if (text.Length == 0)
            return raw.sqlite3_bind_text(compiled, place, text);
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = most <= ShortBytes ? stackalloc byte[ShortBytes] : new byte[most];
        return raw.sqlite3_bind_text(compiled, place, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }
}
