using ImOrleans.Bench.Servers;
using ImOrleans.PostgresKit;

namespace ImOrleans.Bench.Stores;

/// <summary>The PostgreSQL of a run: started when it is first asked for, with commits that wait for the disk.</summary>
internal sealed class BenchDatabase : IDisposable
{
    private PostgresServer? _server;
    private int _count;

    /// <summary>The processor time of all its processes.</summary>
    public TimeSpan CpuTime => _server is null ? TimeSpan.Zero : ProcessFigures.CpuTimeOfTree(_server.ProcessId);

    /// <summary>A new database with all tables; how a server connects to it.</summary>
    public string Create()
    {
        if (_server is null)
        {
            var server = new PostgresServer { IsDurable = true };
            server.InitializeAsync().GetAwaiter().GetResult();
            _server = server;
        }

        var name = $"bench{++_count}";
        var connectionString = _server.CreateDatabaseAsync(name).GetAwaiter().GetResult();
        _server.ApplySchemaAsync(name).GetAwaiter().GetResult();
        return connectionString;
    }

    /// <inheritdoc />
    public void Dispose() => _server?.DisposeAsync().GetAwaiter().GetResult();
}
