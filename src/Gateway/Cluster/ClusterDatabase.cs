using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace ImOrleans.Gateway.Cluster;

/// <summary>
/// Checks once, before anything needs it, that the database can be reached and has been set up, so that a process that
/// cannot work says why.
/// </summary>
public sealed class ClusterDatabase : IHostedService
{
    /// <summary>The name by which Orleans finds the provider.</summary>
    public const string Invariant = "Npgsql";

    private const string Setting = "Cluster:ConnectionString";

    private readonly string _connectionString;
    private readonly string[] _queries;

    private ClusterDatabase(string connectionString, params string[] queries) =>
        (_connectionString, _queries) = (connectionString, queries);

    /// <summary>The check of a gateway process, which reads who is there.</summary>
    public static ClusterDatabase ForGateways(string connectionString) => new(connectionString, "GatewaysQueryKey");

    /// <summary>The check of a silo, which takes part in the membership and stores states.</summary>
    public static ClusterDatabase ForSilos(string connectionString) =>
        new(connectionString, "GatewaysQueryKey", "UpdateMembershipKey", "WriteToStorageKey");

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">The message names the setting or what is to be applied.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        int found;
        try
        {
            await using var connection = new NpgsqlConnection(_connectionString);
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                "SELECT count(*)::int FROM OrleansQuery WHERE QueryKey = ANY($1)", connection);
            command.Parameters.Add(new() { Value = _queries });
            found = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            found = 0;
        }
        catch (Exception refused) when (refused is DbException or ArgumentException or FormatException)
        {
            // The message of the provider names host, user or keyword, never the password.
            throw new InvalidOperationException($"{Setting}: the database cannot be used. {refused.Message}");
        }

        if (found < _queries.Length)
            throw new InvalidOperationException(
                $"{Setting}: the database lacks the tables of Orleans; apply deploy/k8s/sql to it first.");
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
