using ImOrleans.Gateway.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Tests.Auth;

/// <summary>A web app, in memory unless over TCP, that is wired as a host wires it, with a clock of its own.</summary>
internal sealed class AuthHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AuthHost(WebApplication app, TestTime time, bool overTcp)
    {
        _app = app;
        Time = time;
        Client = overTcp ? new HttpClient { BaseAddress = new Uri(app.Urls.Single()) } : app.GetTestClient();
    }

    public HttpClient Client { get; }

    public TestServer Server => _app.GetTestServer();

    public TestTime Time { get; }

    public static async Task<AuthHost> StartAsync(
        Action<WebApplication> configure,
        string environment = "Production",
        Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null,
        bool overTcp = false)
    {
        var time = new TestTime(TestTime.Start);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["App:Key"] = Tokens.AppKey,
            ["App:Secret"] = Tokens.Secret,
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        if (overTcp) builder.WebHost.UseUrls("http://127.0.0.1:0");
        else builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<IUserIdRule>(new AnyoneButMallory());
        builder.Services.AddAppCredentials(Path.GetTempPath());
        builder.Services.AddTokenAuthentication();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        configure(app);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new AuthHost(app, time, overTcp);
    }

    /// <summary>What a host does first when it is asked to stop.</summary>
    public void Stop() => _app.Lifetime.StopApplication();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class AnyoneButMallory : IUserIdRule
    {
        public bool IsValid(string userId) => userId != "mallory";
    }
}
