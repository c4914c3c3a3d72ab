using System.Net;
using ImOrleans.Gateway.Cluster;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Routing;
using ImOrleans.Storage.ChannelHistory;
using ImOrleans.Storage.MessageLog;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Storage;
using Orleans.Versions.Compatibility;
using Orleans.Versions.Selector;
using ClusterOptions = ImOrleans.Gateway.Hosting.ClusterOptions;

namespace ImOrleans.Silo;

/// <summary>The silo on the Orleans packages: one of many, found through the clustering that is configured.</summary>
internal static class GrainRuntime
{
    /// <summary>Adds the silo. Before the gateway, since services stop in the reverse order.</summary>
    public static void AddGrainRuntime(
        this WebApplicationBuilder builder, ClusterOptions cluster, SiloOptions silo, DataDirectory? data)
    {
        _ = data;
        // With Localhost nothing is stored, messages neither.
        if (cluster.Clustering == ClusteringKind.PostgreSql)
        {
            builder.Services.AddHostedService(_ => ClusterDatabase.ForSilos(cluster.ConnectionString!));
            builder.Services.AddPostgresChannelHistory(cluster.ConnectionString!);
            builder.Services.AddPostgresMessageLog(cluster.ConnectionString!);
        }

        builder.UseOrleans(orleans =>
        {
            orleans.Configure<Orleans.Configuration.ClusterOptions>(options =>
                (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ServiceId));
            orleans.Configure<ClusterMembershipOptions>(options => FindTheDead(options, cluster.ProbePeriod));
            orleans.Configure<GrainVersioningOptions>(ForRollingUpgrades);
            if (cluster.Clustering == ClusteringKind.PostgreSql)
                orleans.UsePostgreSql(cluster, silo);
            else
                orleans.UseLocalhost(cluster, silo);
        });
        builder.Services.AddSingleton<ISiloMembership, OrleansSiloMembership>();
        builder.Services.AddSingleton<ISiloReadiness, OrleansSiloReadiness>();
    }

    /// <summary>
    /// All times follow the one setting. A silo that joins must reach all that are in the table. When all were killed at
    /// once, there is nobody to take them out, and only a silo that starts when their last sign is three signs old does:
    /// so signs are frequent, and one that came too early gives up soon and is started again.
    /// </summary>
    private static void FindTheDead(ClusterMembershipOptions options, TimeSpan probePeriod)
    {
        options.ProbeTimeout = probePeriod;
        options.IAmAliveTablePublishTimeout = probePeriod * 2;
        options.MaxJoinAttemptTime = probePeriod * 12;
    }

    /// <summary>
    /// A newer activation serves older callers, never the other way round: a call of a newer caller ends an older
    /// activation, which would have gone with its silo anyway. New activations go to all silos that can serve the call,
    /// since the newest alone would drown while the first of them comes up.
    /// </summary>
    private static void ForRollingUpgrades(GrainVersioningOptions options)
    {
        options.DefaultCompatibilityStrategy = nameof(BackwardCompatible);
        options.DefaultVersionSelectorStrategy = nameof(AllCompatibleVersions);
    }

    private static void UsePostgreSql(this ISiloBuilder orleans, ClusterOptions cluster, SiloOptions silo)
    {
        orleans.Configure<EndpointOptions>(options =>
        {
            if (silo.AdvertisedIPAddress is { } address)
                options.AdvertisedIPAddress = address;
            (options.SiloPort, options.GatewayPort) = (silo.Port, silo.GatewayPort);
        });
        orleans.UseAdoNetClustering(options =>
            (options.Invariant, options.ConnectionString) = (ClusterDatabase.Invariant, cluster.ConnectionString!));
        orleans.AddAdoNetGrainStorageAsDefault((OptionsBuilder<AdoNetGrainStorageOptions> storage) =>
            storage.Configure((AdoNetGrainStorageOptions options, IGrainStorageSerializer serializer) =>
            {
                (options.Invariant, options.ConnectionString) = (ClusterDatabase.Invariant, cluster.ConnectionString!);
                options.GrainStorageSerializer = serializer;
            }));
    }

    /// <summary>
    /// States are kept in the memory of the silos, since the cluster itself does not outlive its first silo, and a file
    /// of one silo would be stale whenever a grain has moved to another.
    /// </summary>
    private static void UseLocalhost(this ISiloBuilder orleans, ClusterOptions cluster, SiloOptions silo)
    {
        orleans.UseLocalhostClustering(
            silo.Port, silo.GatewayPort, new IPEndPoint(IPAddress.Loopback, cluster.LocalhostSiloPort),
            cluster.ServiceId, cluster.ClusterId);
        orleans.AddMemoryGrainStorageAsDefault((OptionsBuilder<MemoryGrainStorageOptions> storage) =>
            storage.Configure((MemoryGrainStorageOptions options, IGrainStorageSerializer serializer) =>
                options.GrainStorageSerializer = serializer));
    }

    private sealed class OrleansSiloMembership : ISiloMembership, ISiloStatusListener
    {
        public OrleansSiloMembership(ISiloStatusOracle oracle) => oracle.SubscribeToSiloStatusEvents(this);

        public event Action<string>? SiloLeft;

        public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
        {
            if (status == SiloStatus.Dead)
                SiloLeft?.Invoke(updatedSilo.ToParsableString());
        }
    }

    private sealed class OrleansSiloReadiness(ISiloStatusOracle oracle) : ISiloReadiness
    {
        public string? Unready =>
            oracle.CurrentStatus == SiloStatus.Active ? null : $"The silo is {oracle.CurrentStatus}.";
    }
}
