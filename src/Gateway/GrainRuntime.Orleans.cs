using ImOrleans.Gateway.Cluster;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using ClusterOptions = ImOrleans.Gateway.Hosting.ClusterOptions;

namespace ImOrleans.Gateway;

/// <summary>The gateway process as a client of a cluster of Orleans silos.</summary>
internal static class GrainRuntime
{
    /// <summary>How old the client's list of silos may be: the longest from a loss that the cluster has found to here.</summary>
    private static readonly TimeSpan SilosRefresh = TimeSpan.FromSeconds(1);

    /// <summary>
    /// For calls without a limit of their own, which are those of Orleans: so that a silo which does not answer holds
    /// up the list of silos no longer than this.
    /// </summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds the client. Before the gateway, since services stop in the reverse order.</summary>
    public static void AddGrainRuntime(this WebApplicationBuilder builder, ClusterOptions cluster)
    {
        if (cluster.Clustering == ClusteringKind.PostgreSql)
            builder.Services.AddHostedService(_ => ClusterDatabase.ForGateways(cluster.ConnectionString!));
        builder.UseOrleansClient(client =>
        {
            client.Configure<Orleans.Configuration.ClusterOptions>(options =>
                (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ServiceId));
            client.Configure<TypeManagementOptions>(options => options.TypeMapRefreshInterval = SilosRefresh);
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
            client.UseConnectionRetryFilter<ConnectionRetry>();
            if (cluster.Clustering == ClusteringKind.PostgreSql)
                client.UseAdoNetClustering(options =>
                    (options.Invariant, options.ConnectionString) = (ClusterDatabase.Invariant, cluster.ConnectionString!));
            else
                client.UseLocalhostClustering(
                    cluster.LocalhostGatewayPort, cluster.ServiceId, cluster.ClusterId);
        });
        builder.Services.AddSingleton<ClientSiloMembership>();
        builder.Services.AddSingleton<ISiloMembership>(provider => provider.GetRequiredService<ClientSiloMembership>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ClientSiloMembership>());
    }
}
