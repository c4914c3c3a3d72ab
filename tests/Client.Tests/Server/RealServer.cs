using System.Globalization;
using ImOrleans.Client.Tests.Fakes;
using ImOrleans.ClientKit;

namespace ImOrleans.Client.Tests.Server;

/// <summary>A real server process, and clients of it whose tokens the test signs.</summary>
public sealed class RealServer : IAsyncLifetime
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private ServerProcess _process = null!;

    public Uri Address => _process.Address;

    public Task InitializeAsync() => StartAsync("http://127.0.0.1:0", null);

    public async Task DisposeAsync() => await _process.DisposeAsync();

    /// <summary>Ends the server as a crash would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks it to stop, and waits until it has.</summary>
    public Task StopAsync() => _process.StopAsync();

    /// <summary>Starts it again, on the same port and data.</summary>
    public async Task RestartAsync()
    {
        var (address, data) = (_process.Address, _process.DataDirectory);
        await _process.DisposeAsync();
        await StartAsync(address.AbsoluteUri, data);
    }

    /// <summary>A client that is not connected yet. It reconnects quickly, so that tests need not wait.</summary>
    internal RtmClient NewClient(
        string user, int tokenSeconds = 3600, Func<RtmClientOptions, RtmClientOptions>? change = null)
    {
        var options = new RtmClientOptions
        {
            Server = Address,
            TokenProvider = _ => new(Token(user, tokenSeconds)),
            Reconnect = new() { DelayBase = TimeSpan.FromMilliseconds(200), DelayMax = TimeSpan.FromSeconds(1) },
            SendTimeout = TimeSpan.FromSeconds(30),
        };
        return new(change?.Invoke(options) ?? options);
    }

    internal async Task<RtmClient> ConnectAsync(
        string user, int tokenSeconds = 3600, Func<RtmClientOptions, RtmClientOptions>? change = null)
    {
        var client = NewClient(user, tokenSeconds, change);
        await client.ConnectAsync();
        return client;
    }

    internal static Task<ConnectionStateChanged> StateAsync(FeedReader<ClientEvent> events, ConnectionState state) =>
        events.NextAsync<ConnectionStateChanged>(change => change.State == state);

    internal static string Token(string user, int seconds = 3600, string? channel = null)
    {
        // A new one each time, also within one second.
        var claims = new Dictionary<string, object>
        {
            ["sub"] = user,
            ["exp"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0 + seconds,
            ["jti"] = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture),
        };
        if (channel is not null)
            claims["chan"] = channel;
        return TestToken.Sign(Secret, claims);
    }

    private async Task StartAsync(string url, string? data) => _process = await ServerProcess.StartAsync(
        ServerDll(), data, "Development", "--urls", url, "--App:Secret", Secret, "--RateLimits:TopicMessagesPerSecond", "0",
        "--RateLimits:ConversationMessagesPerSecond", "0");

    /// <summary>A program as it was built beside this test project.</summary>
    internal static string Dll(string project, string name) => Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", project,
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), name));

    private static string ServerDll() => Dll("Silo", "ImOrleans.Silo.dll");
}
