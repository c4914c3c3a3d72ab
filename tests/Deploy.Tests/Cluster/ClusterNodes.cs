using ImOrleans.ClientKit;

namespace ImOrleans.Deploy.Tests.Cluster;

/// <summary>The processes of one cluster, started as a deployment starts them.</summary>
internal sealed class ClusterNodes : IAsyncDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private static readonly string Binaries = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Silo",
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))));

    private readonly List<ServerProcess> _processes = [];
    private readonly string[] _clustering;
    private readonly Queue<(int Port, int GatewayPort)> _ports;

    private ClusterNodes(string[] clustering, params IEnumerable<(int Port, int GatewayPort)> ports) =>
        (_clustering, _ports) = (clustering, new(ports));

    /// <summary>On PostgreSQL.</summary>
    public static ClusterNodes OnPostgreSql(string connectionString) =>
        new(["--Cluster:Clustering", "PostgreSql", "--Cluster:ConnectionString", connectionString]);

    /// <summary>On one machine, found through the silo that is started first.</summary>
    public static ClusterNodes OnLocalhost()
    {
        var (port, gatewayPort) = (FreePort.Next(), FreePort.Next());
        return new(
            ["--Cluster:LocalhostSiloPort", $"{port}", "--Cluster:LocalhostGatewayPort", $"{gatewayPort}"],
            (port, gatewayPort));
    }

    /// <summary>A silo, with a gateway of its own or without one.</summary>
    public Task<ServerProcess> StartSiloAsync(bool hasGateway)
    {
        if (!_ports.TryDequeue(out var ports))
            ports = (FreePort.Next(), FreePort.Next());
        return StartAsync(
            "ImOrleans.Silo.dll",
            "--Silo:Gateway", $"{hasGateway}", "--Silo:AdvertisedAddress", "127.0.0.1",
            "--Silo:Port", $"{ports.Port}", "--Silo:GatewayPort", $"{ports.GatewayPort}");
    }

    /// <summary>A gateway process: the image holds it beside the silo.</summary>
    public Task<ServerProcess> StartGatewayAsync() => StartAsync("ImOrleans.Gateway.dll");

    /// <summary>A client of a user whose token the app server has signed.</summary>
    public static Task<RtmClient> ConnectAsync(ServerProcess gateway, string user) => RtmClient.ConnectAsync(
        gateway.Address,
        TestToken.Sign(Secret, new { sub = user, exp = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds() }));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
    }

    private async Task<ServerProcess> StartAsync(string dll, params string[] arguments)
    {
        var process = await ServerProcess.StartAsync(
            Path.Combine(Binaries, dll),
            environment: "Production",
            arguments:
            [
                "--Cluster:ProbePeriod", "00:00:01", "--App:Key", new string('a', 32), "--App:Secret", Secret,
                "--RateLimits:CallsPerSecond", "0", "--RateLimits:TopicMessagesPerSecond", "0",
                .. _clustering, .. arguments,
            ]);
        lock (_processes)
            _processes.Add(process);
        return process;
    }
}
