using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Xunit;

namespace ImOrleans.PostgresKit;

/// <summary>A PostgreSQL of its own: on a free port of the loopback, in a folder that goes with it.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Owner = "owner";

    /// <summary>The user of the servers: it may read and write, and nothing else.</summary>
    private const string App = "app";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("imorleans-postgres-").FullName;
    private Process? _server;

    public int Port { get; } = FreePort.Next();

    public async Task InitializeAsync()
    {
        if (IsRoot)
            await Tool.RunAsync("chown", "postgres:", _folder);
        var data = Path.Combine(_folder, "data");
        await Tool.RunAsync("sh", "-c", $"{AsUser}{Program("initdb")} -D {data} -U {Owner} -A trust -E UTF8 --no-sync");
        // It ends with this process, however that ends: its standard input is closed then.
        var run = $"{AsUser}{Program("postgres")} -D {data} -p {Port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off "
            + "<&- & server=$!; read line; kill -INT $server; wait $server";
        _server = new()
        {
            StartInfo = new("sh", ["-c", run]) { RedirectStandardInput = true, RedirectStandardError = true },
            EnableRaisingEvents = true,
        };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("ready to accept connections", StringComparison.Ordinal) == true)
                ready.TrySetResult();
        };
        _server.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("PostgreSQL ended."));
        _server.Start();
        _server.BeginErrorReadLine();
        await ready.Task.WaitAsync(Patience);
    }

    public async Task DisposeAsync()
    {
        if (_server is null)
            return;
        _server.StandardInput.Close();
        await _server.WaitForExitAsync().WaitAsync(Patience);
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A new database without tables; its connection string for a server.</summary>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        await ExecuteAsync("postgres", $"CREATE DATABASE {name}");
        return Connection(name, App);
    }

    /// <summary>The connection string of whoever may do all in a database.</summary>
    public string OwnerOf(string database) => Connection(database, Owner);

    /// <summary>Sets a database up as an operator would, and lets the servers' user work in it.</summary>
    public async Task<string> ApplySchemaAsync(string database)
    {
        var printed = await Tool.RunAsync(
            Repository.PathOf("deploy", "k8s", "base", "sql", "apply.sh"),
            $"host=127.0.0.1 port={Port} dbname={database} user={Owner}");
        await ExecuteAsync(
            database,
            $"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{App}') THEN CREATE ROLE {App} LOGIN; END IF; END $$;"
            + $"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {App}");
        return printed;
    }

    public async Task<object?> ScalarAsync(string database, string query)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(query, connection);
        return await command.ExecuteScalarAsync();
    }

    public async Task ExecuteAsync(string database, string statement)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static string AsUser => IsRoot ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : "";

    /// <summary>Debian keeps the servers of all versions out of the path.</summary>
    private static string Program(string name)
    {
        const string versions = "/usr/lib/postgresql";
        var newest = Directory.Exists(versions)
            ? Directory.GetDirectories(versions).MaxBy(
                folder => double.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))
            : null;
        return newest is null ? name : Path.Combine(newest, "bin", name);
    }

    private string Connection(string database, string user) =>
        $"Host=127.0.0.1;Port={Port};Database={database};Username={user};Maximum Pool Size=10";

    private async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={Port};Database={database};Username={Owner};Pooling=false;Timeout=60");
        await connection.OpenAsync();
        return connection;
    }
}
