using System.Globalization;
using System.Text.Json;
using ImOrleans.ClientKit;
using ImOrleans.EndToEnd.Tests.Crashes;
using ImOrleans.TestKit;
using Xunit.Abstractions;

namespace ImOrleans.EndToEnd.Tests.Local;

/// <summary>
/// Goal: a message that was acknowledged as kept is found once and in order after the process was killed; one whose answer
/// did not come is found once or not at all. Method: publishers write as fast as they can to channels that they share, the
/// process is killed in the middle, started anew on its data folder, and everything is compared with what the publishers
/// were told. Short: 3 rounds; full: 50.
/// </summary>
public sealed class HistoryCrashTests(ITestOutputHelper output) : ICrashSubject, IDisposable
{
    private const int Publishers = 4;
    private const int Channels = 2;

    private readonly Journal[] _journals = [.. Enumerable.Range(0, Publishers).Select(number => new Journal(number))];
    private readonly string _data = Directory.CreateTempSubdirectory("imorleans-history-crash-").FullName;

    [Fact]
    public async Task Acknowledged_messages_survive_kill_9_once_and_in_order()
    {
        var rounds = LongRun.Rounds(3, 50);

        await KillRounds.RunAsync(this, rounds, seed: 20261122, 50, 300);

        var acknowledged = _journals.Sum(journal => journal.Acknowledged.Count);
        output.WriteLine(
            $"{rounds} rounds: {acknowledged} messages acknowledged, {_journals.Sum(journal => journal.Cut)} cut off, "
            + $"{_journals.Sum(journal => journal.Landed)} of them found.");
        Assert.True(acknowledged >= rounds * 50);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    Task<ServerProcess> ICrashSubject.StartAsync() => ServerProcess.StartAsync(
        ServerFixture.ServerDll, _data,
        arguments: ["--RateLimits:CallsPerSecond", "0", "--RateLimits:MessagesPerSecond", "0"]);

    async Task<IReadOnlyList<RtmClient>> ICrashSubject.ConnectAsync(ServerProcess server) =>
        await Task.WhenAll(_journals.Select(journal => server.ConnectAsync($"publisher{journal.Number}")));

    IEnumerable<Func<Task>> ICrashSubject.Writers(IReadOnlyList<RtmClient> clients) =>
        clients.Zip(_journals, (client, journal) => (Func<Task>)(() => journal.PublishNextAsync(client)));

    /// <summary>Compares what there is with what the publishers were told.</summary>
    async Task ICrashSubject.CheckAsync(ServerProcess server, string when)
    {
        await using var client = await server.ConnectAsync("checker");
        for (var channel = 0; channel < Channels; channel++)
        {
            var found = await ReadAllAsync(client, ChannelOf(channel));
            var times = found.ConvertAll(message => message.SentAt);
            Assert.True(
                times.Zip(times.Skip(1)).All(pair => pair.First < pair.Second), $"{when}: times do not rise: {channel}");
            foreach (var journal in _journals.Where(journal => ChannelOf(journal.Number) == ChannelOf(channel)))
                journal.Check([.. found.Where(message => message.Publisher == $"publisher{journal.Number}")], when);
        }
    }

    private static string ChannelOf(int publisher) => $"crash{publisher % Channels}";

    private static async Task<List<Kept>> ReadAllAsync(RtmClient client, string channel)
    {
        var all = new List<Kept>();
        var start = 0L;
        do
        {
            var page = await client.DoAsync("GetChannelMessages", new { channel, channelType = "message", start });
            all.AddRange(page.GetProperty("messages").EnumerateArray().Select(Kept.Of));
            start = page.GetProperty("newStart").GetInt64();
        }
        while (start != 0);
        return all;
    }

    private sealed record Kept(string Publisher, long Number, long SentAt)
    {
        public static Kept Of(JsonElement message) => new(
            message.GetProperty("publisher").GetString()!,
            long.Parse(message.GetProperty("payload").GetString()!, CultureInfo.InvariantCulture),
            message.GetProperty("sentAt").GetInt64());
    }

    /// <summary>What one publisher has published and been told. It counts up, and never publishes a number twice.</summary>
    private sealed class Journal(int number)
    {
        private readonly HashSet<long> _open = [];
        private long _last;

        public int Number => number;

        /// <summary>Numbers that were acknowledged, with their times.</summary>
        public SortedDictionary<long, long> Acknowledged { get; } = [];

        /// <summary>Publishes whose answer did not come.</summary>
        public int Cut { get; private set; }

        /// <summary>How many of these were found all the same.</summary>
        public int Landed { get; private set; }

        public async Task PublishNextAsync(RtmClient client)
        {
            var next = ++_last;
            _open.Add(next);
            var published = await client.DoAsync("Publish", new
            {
                channel = ChannelOf(number),
                channelType = "message",
                messageType = "string",
                payload = next.ToString(CultureInfo.InvariantCulture),
                storeInHistory = true,
            });
            _open.Remove(next);
            Acknowledged[next] = published.GetProperty("sentAt").GetInt64();
        }

        public void Check(Kept[] found, string round)
        {
            var when = $"{round}, publisher {number}";
            foreach (var open in _open)
            {
                Cut++;
                if (Array.Find(found, message => message.Number == open) is not { } landed)
                    continue;
                Landed++;
                Acknowledged[open] = landed.SentAt; // From now on it stays.
            }

            _open.Clear();
            Assert.True(
                found.Select(message => (message.Number, message.SentAt))
                    .SequenceEqual(Acknowledged.Select(entry => (entry.Key, entry.Value))),
                $"{when}: acknowledged {string.Join(',', Acknowledged.Keys)}, found {string.Join(',', found.Select(one => one.Number))}");
        }
    }
}
