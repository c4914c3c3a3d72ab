using System.Diagnostics;
using System.Text;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests.Server;

/// <summary>The sample, as its own process.</summary>
public sealed class QuickstartTests(RealServer server) : IClassFixture<RealServer>
{
    [Fact]
    public async Task The_sample_plays_its_flow_to_the_end()
    {
        var (output, errors, exitCode) = await RunAsync(server.Address.AbsoluteUri);
        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
        Assert.Equal(
            """
            ✔ alice and bob are logged in
            ✔ both joined MyChannel; topics with publishers so far: 0
            ✔ alice joined MyTopic: she may publish in it
            ✔ bob subscribed to alice in MyTopic
            ✔ bob received "Hello world!" from alice
            ✔ bob is subscribed to: alice
            ✔ bob unsubscribed
            ✔ alice left the topic, and both left the channel
            ✔ alice received "Hi, it is bob." from bob
            ✔ alice's token: willExpire, 30 s left
            ✔ alice's client renewed it: 60 min left
            ✔ alice and bob are logged out

            """.ReplaceLineEndings("\n"),
            System.Text.RegularExpressions.Regex.Replace(output, @"willExpire, (2\d|30) s", "willExpire, 30 s"));
    }

    [Fact]
    public async Task Without_a_server_it_says_so()
    {
        var (output, errors, exitCode) = await RunAsync("http://127.0.0.1:1");
        Assert.Equal(("", 1), (output, exitCode));
        Assert.StartsWith("No connection to http://127.0.0.1:1/", errors, StringComparison.Ordinal);
    }

    private static async Task<(string Output, string Errors, int ExitCode)> RunAsync(string address)
    {
        using var process = new Process
        {
            StartInfo = new("dotnet", [RealServer.Dll("Quickstart", "ImOrleans.Quickstart.dll"), address])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
            },
        };
        process.Start();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().Guard();
        return (await output, await errors, process.ExitCode);
    }
}
