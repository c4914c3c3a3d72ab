using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ImOrleans.Silo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Providers;
using Orleans.Storage;

namespace ImOrleans.Deploy.Tests.Cluster;

/// <summary>What a state that lives in PostgreSQL has.</summary>
public sealed record SampleState
{
    public string Text { get; init; } = "";
}

[JsonSerializable(typeof(SampleState))]
internal sealed partial class SampleStateContext : JsonSerializerContext;

/// <summary>The default grain storage, as the server composes it.</summary>
[Collection(ClusterCollection.Name)]
public sealed class GrainStateTests(PostgresServer postgres)
{
    private static readonly GrainId Grain = GrainId.Create("sample", "s:1:a");

    [Theory]
    [InlineData("PostgreSql")]
    [InlineData("Localhost")]
    public async Task States_are_written_in_the_projects_own_envelope_and_only_against_what_was_read(string clustering)
    {
        var database = $"states_{clustering}".ToLowerInvariant();
        var connectionString = await postgres.CreateDatabaseAsync(database);
        await postgres.ApplySchemaAsync(database);
        await using var server = await StartAsync(clustering, connectionString);
        var storage = server.Services.GetRequiredKeyedService<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME);

        var first = new GrainState<SampleState>(new SampleState());
        await storage.ReadStateAsync("sample", Grain, first);
        Assert.False(first.RecordExists);
        first.State = new() { Text = "héllo" };
        await storage.WriteStateAsync("sample", Grain, first);
        var second = new GrainState<SampleState>(new SampleState());
        await storage.ReadStateAsync("sample", Grain, second);
        Assert.Equal("héllo", second.State!.Text);
        await storage.WriteStateAsync("sample", Grain, second);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.WriteStateAsync("sample", Grain, first));
        if (clustering == "PostgreSql")
            Assert.Equal(
                """{"schema":1,"state":{"Text":"h\u00E9llo"}}""",
                await postgres.ScalarAsync(
                    database, "SELECT convert_from(PayloadBinary, 'UTF8') FROM OrleansStorage"));
    }

    private static async Task<WebApplication> StartAsync(string clustering, string connectionString)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var siloPort = $"{FreePort.Next()}";
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Cluster:Clustering"] = clustering,
            ["Cluster:ConnectionString"] = connectionString,
            ["Cluster:LocalhostSiloPort"] = siloPort,
            ["Silo:Port"] = siloPort,
            ["Silo:GatewayPort"] = $"{FreePort.Next()}",
            ["Silo:AdvertisedAddress"] = "127.0.0.1",
            ["Silo:Gateway"] = "false",
            ["Storage:DataDirectory"] = Directory.CreateTempSubdirectory("imorleans-").FullName,
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IJsonTypeInfoResolver>(SampleStateContext.Default);
        builder.AddImOrleans();
        var server = builder.Build();
        server.MapImOrleans();
        await server.StartAsync();
        return server;
    }
}
