using System.Globalization;
using ImOrleans.PostgresKit;

namespace ImOrleans.Bench.Servers;

/// <summary>This server on the Orleans runtime, alone in its cluster, with all that it keeps in PostgreSQL.</summary>
internal sealed class RtmOnPostgresFlavor(string connectionString) : RtmFlavor
{
    /// <inheritdoc />
    public override bool NeedsDataDirectory => false;

    /// <inheritdoc />
    public override string DllOf(ServerPaths paths) => paths.ClusterSilo
        ?? throw new InvalidOperationException("the server was not built for Orleans, without which it has no PostgreSQL.");

    /// <inheritdoc />
    public override IEnumerable<string> Arguments(string? dataDirectory) =>
    [
        .. Settings,
        "--Cluster:Clustering", "PostgreSql", "--Cluster:ConnectionString", connectionString,
        "--Silo:AdvertisedAddress", "127.0.0.1",
        "--Silo:Port", FreePort.Next().ToString(CultureInfo.InvariantCulture),
        "--Silo:GatewayPort", FreePort.Next().ToString(CultureInfo.InvariantCulture),
    ];
}
