using ImOrleans.ClientKit;
using ImOrleans.ClusterKit;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Cluster.Tests;

/// <summary>One node of a cluster: a silo, and a gateway with a web server of its own that calls through that silo.</summary>
public sealed class ClusterNode : IAsyncDisposable
{
    private static readonly AppCredentials App = new(new string('a', 32), new string('b', 32));

    private readonly WebApplication _app;
    private readonly ITestNode _silo;

    private ClusterNode(WebApplication app, ITestNode silo) => (_app, _silo) = (app, silo);

    public Uri Address { get; private set; } = null!;

    public string SiloAddress => _silo.Address;

    public static async Task<ClusterNode> StartAsync(ITestNode silo, IConfiguration settings)
    {
        ArgumentNullException.ThrowIfNull(silo);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddConfiguration(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(App);
        builder.Services.AddSingleton(silo.Grains);
        builder.Services.AddSingleton<ISiloMembership>(new Membership(silo));
        builder.Services.AddGateway();
        var app = builder.Build();
        app.UseGateway();
        app.MapGateway();
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new(app, silo) { Address = new(addresses.Addresses.First()) };
    }

    public Task<RtmClient> ConnectAsync(string user, string query = "") =>
        RtmClient.ConnectAsync(Address, TokenFor(user), query);

    /// <summary>A token that every node accepts.</summary>
    public string TokenFor(string user) => _app.Services.GetRequiredService<TokenIssuer>()
        .Issue(new(user, TimeSpan.FromHours(1)), DateTimeOffset.UtcNow);

    /// <summary>The silo dies as in a crash: its grains are gone, and its gateway reaches nobody any more.</summary>
    public Task KillAsync() => _silo.KillAsync();

    /// <summary>The node leaves in order: first the gateway, which sends its clients elsewhere, then the silo.</summary>
    public async Task StopAsync()
    {
        await _app.StopAsync();
        await _silo.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _app.StopAsync(patience.Token);
        }
        catch (Exception killed)
            when (killed is OperationCanceledException or AggregateException or OrleansException or ObjectDisposedException)
        {
            // A node whose silo was killed cannot say good-bye.
        }

        await _app.DisposeAsync();
    }

    private sealed class Membership : ISiloMembership
    {
        public Membership(ITestNode silo) => silo.SiloLeft += address => SiloLeft?.Invoke(address);

        public event Action<string>? SiloLeft;
    }
}
