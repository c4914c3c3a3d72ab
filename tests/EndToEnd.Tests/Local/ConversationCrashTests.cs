using ImOrleans.ClientKit;
using ImOrleans.EndToEnd.Tests.Crashes;
using ImOrleans.TestKit;
using Xunit.Abstractions;

namespace ImOrleans.EndToEnd.Tests.Local;

/// <summary>
/// Goal: a message of a conversation that was acknowledged is there once, with the number and the time that were answered,
/// after the process was killed; one whose answer did not come is there once after it was sent again. Method: both sides of
/// several conversations write as fast as they can, the process is killed in the middle, started anew on its data folder,
/// all that was cut off is sent again, and a device pulls everything. Short: 5 rounds; full: 100.
/// </summary>
public sealed class ConversationCrashTests(ITestOutputHelper output) : ICrashSubject, IDisposable
{
    private readonly ConversationTraffic _traffic = new();
    private readonly string _data = Directory.CreateTempSubdirectory("imorleans-conversation-crash-").FullName;

    [Fact]
    public async Task Acknowledged_messages_survive_kill_9_once_and_in_order()
    {
        var rounds = LongRun.Rounds(5, 100);

        await KillRounds.RunAsync(this, rounds, seed: 20261123, 50, 300);

        output.WriteLine(
            $"{rounds} rounds: {_traffic.Acknowledged} messages acknowledged, {_traffic.Cut} cut off and sent again, "
            + $"{_traffic.Pulled} pulled.");
        Assert.True(_traffic.Acknowledged >= rounds * 50);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    Task<ServerProcess> ICrashSubject.StartAsync() => ServerProcess.StartAsync(
        ServerFixture.ServerDll, _data,
        arguments: ["--RateLimits:CallsPerSecond", "0", "--RateLimits:ConversationMessagesPerSecond", "0"]);

    async Task<IReadOnlyList<RtmClient>> ICrashSubject.ConnectAsync(ServerProcess server) =>
        await Task.WhenAll(ConversationTraffic.Users.Select(user => server.ConnectAsync(user)));

    IEnumerable<Func<Task>> ICrashSubject.Writers(IReadOnlyList<RtmClient> clients) => _traffic.Sends(clients);

    Task ICrashSubject.CheckAsync(ServerProcess server, string when) =>
        _traffic.CheckAsync(user => server.ConnectAsync(user), when);
}
