using System.Text.Json.Serialization.Metadata;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Grains.Hosting;
using ImOrleans.Storage;
using Orleans.Storage;
using JsonGrainStorageSerializer = ImOrleans.Storage.GrainState.JsonGrainStorageSerializer;

namespace ImOrleans.Silo;

/// <summary>Puts a silo, and a gateway if wanted, into one web application.</summary>
public static class SiloHosting
{
    /// <summary>
    /// Adds everything that a node needs. Fails when its data directory is in use or its settings are wrong.
    /// </summary>
    public static void AddImOrleans(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var cluster = builder.Configuration.ReadSettings<ClusterOptions>(ClusterOptions.SectionName);
        var silo = builder.Configuration.ReadSettings<SiloOptions>(SiloOptions.SectionName);
        var data = cluster.Clustering == ClusteringKind.PostgreSql ? null : builder.AddDataDirectory();
        builder.Services.AddSingleton(silo);
        builder.Services.AddSingleton(TimeProvider.System);
        // Each owner of a state adds the contracts of its own.
        builder.Services.AddSingleton<IGrainStorageSerializer>(provider => new JsonGrainStorageSerializer(
            JsonTypeInfoResolver.Combine([.. provider.GetServices<IJsonTypeInfoResolver>()])));
        builder.AddGrainRuntime(cluster, silo, data);
        builder.Services.AddGrainServices();
        if (silo.Gateway)
        {
            builder.Services.AddAppCredentials(data?.Path);
            builder.Services.AddGateway();
        }

        builder.Services.AddSingleton(
            provider => new ServerContent(provider.GetService<AppCredentials>(), data?.Path));
        builder.Services.AddSingleton(new OwnedSettings(
            typeof(SiloHosting).Assembly, typeof(ClusterOptions).Assembly, typeof(GrainServiceExtensions).Assembly)
            .With(DataDirectory.Setting)
            .With(MessageDatabase.Setting));
        builder.Services.AddHostedService<StartupReport>();
    }

    /// <summary>Maps what the node serves: the gateway, or only its health.</summary>
    public static void MapImOrleans(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.Services.GetRequiredService<SiloOptions>().Gateway)
        {
            app.UseGateway();
            app.MapGateway();
            return;
        }

        var readiness = app.Services.GetRequiredService<ISiloReadiness>();
        app.MapHealth(() => readiness.Unready);
    }

    private static DataDirectory AddDataDirectory(this WebApplicationBuilder builder)
    {
        var data = new DataDirectory(builder.Configuration, builder.Environment);
        builder.Services.AddSingleton(data);
        builder.Services.AddSingleton(DataDirectoryLock.Acquire(data.Path));
        return data;
    }
}
