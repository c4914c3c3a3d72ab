using Npgsql;

namespace ImOrleans.Storage.Postgres;

/// <summary>Brings a part of a database to its current shape, one numbered step after the other.</summary>
/// <remarks>
/// A database that has all steps is only read: the servers' user needs no right to make tables then. One that has more
/// was prepared for the next release and is taken as it is, since a step only adds what older programs do not see: that
/// is what lets silos of two releases run side by side.
/// </remarks>
internal static class PostgresMigrations
{
    /// <summary>The lock of deploy/k8s/base/sql/apply.sql too: whoever changes tables is alone.</summary>
    private const long Lock = 7305134561;

    /// <summary>Applies the steps that are missing, all or none; others who want to meanwhile wait.</summary>
    /// <param name="source">The database.</param>
    /// <param name="part">What the steps belong to: parts of one database are numbered apart.</param>
    /// <param name="steps">All steps ever made; step n is the n-th. A step that was released never changes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task ApplyAsync(
        NpgsqlDataSource source, string part, IReadOnlyList<string> steps, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        if (await CountAppliedAsync(connection, part, cancellationToken) >= steps.Count)
            return;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock($1)", [Lock], cancellationToken);
        await ExecuteAsync(
            connection,
            """
            CREATE TABLE IF NOT EXISTS imorleans_migration (
                part text NOT NULL, number integer NOT NULL, PRIMARY KEY (part, number))
            """,
            [], cancellationToken);
        for (var number = await CountAppliedAsync(connection, part, cancellationToken) + 1; number <= steps.Count; number++)
        {
            await ExecuteAsync(connection, steps[number - 1], [], cancellationToken);
            await ExecuteAsync(
                connection, "INSERT INTO imorleans_migration (part, number) VALUES ($1, $2)", [part, number],
                cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<int> CountAppliedAsync(
        NpgsqlConnection connection, string part, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass('imorleans_migration') IS NOT NULL", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!)
            return 0;
        await using var count = new NpgsqlCommand(
            "SELECT coalesce(max(number), 0) FROM imorleans_migration WHERE part = $1", connection);
        count.Parameters.Add(new() { Value = part });
        return (int)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The text is always our own.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
