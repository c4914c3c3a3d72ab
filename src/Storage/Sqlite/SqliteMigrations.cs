using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.Sqlite;

/// <summary>Brings a part of a database file to its current shape, one numbered step after the other.</summary>
internal static class SqliteMigrations
{
    /// <summary>Applies the steps that are missing, all or none, with the file locked meanwhile.</summary>
    /// <param name="connection">A connection to the file.</param>
    /// <param name="part">What the steps belong to: parts of one file are numbered apart.</param>
    /// <param name="steps">All steps ever made; step n is the n-th. A step that was released never changes.</param>
    /// <exception cref="InvalidOperationException">A newer program has been at work on this file.</exception>
    public static void Apply(SqliteConnection connection, string part, IReadOnlyList<string> steps)
    {
        // Not deferred: two processes that start at once take turns here.
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migration (
                part TEXT NOT NULL,
                number INTEGER NOT NULL,
                PRIMARY KEY (part, number)
            ) WITHOUT ROWID;
            """);
        var applied = CountApplied(connection, part);
        if (applied > steps.Count)
        {
            throw new InvalidOperationException(
                $"'{part}' in '{connection.DataSource}' has schema {applied}, this program knows {steps.Count}:"
                + " it was written by a newer version.");
        }

        for (var number = applied + 1; number <= steps.Count; number++)
        {
            connection.Execute(steps[number - 1]);
            Record(connection, part, number);
        }

        transaction.Commit();
    }

    private static int CountApplied(SqliteConnection connection, string part)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COALESCE(MAX(number), 0) FROM schema_migration WHERE part = $part;";
        command.Parameters.AddWithValue("$part", part);
        return (int)(long)command.ExecuteScalar()!;
    }

    private static void Record(SqliteConnection connection, string part, int number)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO schema_migration (part, number) VALUES ($part, $number);";
        command.Parameters.AddWithValue("$part", part);
        command.Parameters.AddWithValue("$number", number);
        command.ExecuteNonQuery();
    }
}
