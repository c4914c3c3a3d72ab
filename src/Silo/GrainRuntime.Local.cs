using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Routing;
using ImOrleans.Grains.Hosting;
using ImOrleans.LocalRuntime;
using ImOrleans.Storage.ChannelHistory;
using ImOrleans.Storage.GrainState;
using ImOrleans.Storage.MessageLog;
using Orleans.Providers;
using Orleans.Storage;

namespace ImOrleans.Silo;

/// <summary>The silo on the Local runtime: one process, nothing to set up.</summary>
internal static class GrainRuntime
{
    private const string StatesFile = "grains.db";
    private const string HistoryFile = "history.db";
    private const string ConversationsFile = "conversations.db";

    /// <summary>Adds the silo. Before the gateway, since services stop in the reverse order.</summary>
    public static void AddGrainRuntime(
        this WebApplicationBuilder builder, ClusterOptions cluster, SiloOptions silo, DataDirectory? data)
    {
        if (data is null || cluster.Clustering != ClusteringKind.Localhost || !silo.Gateway)
            throw new NotSupportedException(
                "Cluster:Clustering and Silo:Gateway cannot be changed in a build with the Local runtime, which is one "
                + "process; a cluster needs a build with -p:GrainRuntime=Orleans.");
        builder.Services.AddSqliteGrainStorage(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, _ => Path.Combine(data.Path, StatesFile));
        builder.Services.AddHostedService<GrainStorageOpening>();
        if (MessageDatabase.Read(builder.Configuration) is { } database)
        {
            builder.Services.AddPostgresChannelHistory(database);
            builder.Services.AddPostgresMessageLog(database);
        }
        else
        {
            builder.Services.AddSqliteChannelHistory(Path.Combine(data.Path, HistoryFile));
            builder.Services.AddSqliteMessageLog(Path.Combine(data.Path, ConversationsFile));
        }

        builder.Services.AddLocalSilo(local => local
            .AddGrains(typeof(GrainServiceExtensions).Assembly)
            .BeginCallsOnCallersThread());
        builder.Services.AddSingleton<ISiloMembership, LocalSiloMembership>();
    }

    /// <summary>Opens the file of the states at the start, so that a damaged one ends it, not the first call.</summary>
    private sealed class GrainStorageOpening(
        [FromKeyedServices(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)] IGrainStorage storage) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            // It was opened to be handed in here.
            _ = storage;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class LocalSiloMembership : ISiloMembership
    {
        public LocalSiloMembership(LocalCluster cluster) =>
            cluster.SiloLeft += silo => SiloLeft?.Invoke(silo.ToParsableString());

        public event Action<string>? SiloLeft;
    }
}
