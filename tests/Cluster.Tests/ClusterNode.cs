using ImOrleans.ClientKit;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Routing;
using ImOrleans.Grains.Hosting;
using ImOrleans.LocalRuntime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Cluster.Tests;

/// <summary>One node of a cluster on the Local runtime: a silo and a gateway, with a web server of its own.</summary>
public sealed class ClusterNode : IAsyncDisposable
{
    private static readonly AppCredentials App = new(new string('a', 32), new string('b', 32));

    private readonly WebApplication _app;

    private ClusterNode(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public static async Task<ClusterNode> StartAsync(LocalCluster cluster, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(App);
        builder.Services.AddLocalSilo(silo => silo.AddGrains(typeof(GrainServiceExtensions).Assembly), cluster);
        builder.Services.AddSingleton<ISiloMembership>(new Membership(cluster));
        builder.Services.AddGrainServices();
        builder.Services.AddGateway();
        var app = builder.Build();
        app.UseGateway();
        app.MapGateway();
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new(app) { Address = new(addresses.Addresses.First()) };
    }

    public Task<RtmClient> ConnectAsync(string user, string query = "")
    {
        var token = _app.Services.GetRequiredService<TokenIssuer>()
            .Issue(new(user, TimeSpan.FromHours(1)), DateTimeOffset.UtcNow);
        return RtmClient.ConnectAsync(Address, token, query);
    }

    /// <summary>The silo dies as in a crash: its grains are gone, and its gateway reaches nobody any more.</summary>
    public void Kill() => _app.Services.GetRequiredService<LocalSilo>().Kill();

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _app.StopAsync(patience.Token);
        }
        catch (Exception killed) when (killed is OperationCanceledException or AggregateException or OrleansException)
        {
            // A node whose silo was killed cannot say good-bye.
        }

        await _app.DisposeAsync();
    }

    private sealed class Membership : ISiloMembership
    {
        public Membership(LocalCluster cluster) =>
            cluster.SiloLeft += silo => SiloLeft?.Invoke(silo.ToParsableString());

        public event Action<string>? SiloLeft;
    }
}
