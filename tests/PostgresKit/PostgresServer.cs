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

    /// <summary>Whether a commit waits for the disk, as it does in earnest; tests do without.</summary>
    public bool IsDurable { get; init; }

    private string Data => Path.Combine(_folder, "data");

    public async Task InitializeAsync()
    {
        if (IsRoot)
            await Tool.RunAsync("chown", "postgres:", _folder);
        await Tool.RunAsync("sh", "-c", $"{AsUser}{Program("initdb")} -D {Data} -U {Owner} -A trust -E UTF8 --no-sync");
        await StartAsync();
    }

    /// <summary>Starts it again after <see cref="EndAsync"/>.</summary>
    /// <remarks>After a kill its processes need a moment to go, and it does not start before they have.</remarks>
    public async Task StartAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await TryStartAsync(patience.Token) is { } reason)
            if (patience.IsCancellationRequested)
                throw new TimeoutException("PostgreSQL does not start: " + reason);
    }

    /// <summary>Ends it by a signal: <c>KILL</c> for its first process alone, <c>QUIT</c> for all of them at once.</summary>
    public async Task EndAsync(string signal)
    {
        await _server!.StandardInput.WriteLineAsync(signal);
        await StopAsync();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Its first process, the parent of all others.</summary>
    public int ProcessId => int.Parse(
        File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

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

    /// <summary>Null when it is ready; else the last that it said before it ended.</summary>
    private async Task<string?> TryStartAsync(CancellationToken patience)
    {
        // It ends with this process, however that ends: its standard input is closed then.
        var run = $"exec 3<&0; {AsUser}{Program("postgres")} -D {Data} -p {Port} -k {_folder} -c listen_addresses=127.0.0.1"
            + $" -c fsync={(IsDurable ? "on" : "off")} <&- 3<&- & server=$!; "
            + "{ read signal <&3; kill -${signal:-INT} $server; } 2>&- & reader=$!; wait $server; kill $reader 2>&-";
        _server = new()
        {
            StartInfo = new("sh", ["-c", run]) { RedirectStandardInput = true, RedirectStandardError = true },
        };
        _server.Start();
        var last = "nothing was said.";
        while (await _server.StandardError.ReadLineAsync(patience) is { } line)
        {
            last = line;
            if (!line.Contains("ready to accept connections", StringComparison.Ordinal))
                continue;
            _ = _server.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return null;
        }

        await StopAsync();
        return last;
    }

    private async Task StopAsync()
    {
        if (_server is null)
            return;
        _server.StandardInput.Close();
        await _server.WaitForExitAsync().WaitAsync(Patience);
        _server.Dispose();
        _server = null;
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
