using ImOrleans.ClientKit;

namespace ImOrleans.EndToEnd.Tests;

/// <summary>One server process for the tests of a collection.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    /// <summary>The server as it was built beside this test project.</summary>
    public static string ServerDll { get; } = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "Silo", Configuration, "ImOrleans.Silo.dll"));

    /// <summary>The app's secret, as its app server knows it.</summary>
    public const string Secret = "0123456789abcdef0123456789abcdef";

    /// <summary>The app's id.</summary>
    public const string AppKey = "00112233445566778899aabbccddeeff";

    public ServerProcess Server { get; private set; } = null!;

    private static string Configuration => Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    public async Task InitializeAsync() => Server = await ServerProcess.StartAsync(
        ServerDll,
        arguments:
        [
            "--RateLimits:CallsPerSecond", "0", "--RateLimits:MetadataCallsPerSecond", "0",
            "--RateLimits:LockAcquisitionsPerSecond", "0", "--App:Key", AppKey, "--App:Secret", Secret,
            "--GoWire:Listen", "127.0.0.1:0",
        ]);

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
