using System.Globalization;
using System.Text.Json;
using ImOrleans.ClientKit;
using ImOrleans.TestKit;
using Xunit.Abstractions;

namespace ImOrleans.EndToEnd.Tests.Local;

/// <summary>
/// Goal: a message that was acknowledged as kept is found once and in order after the process was killed; one whose answer
/// did not come is found once or not at all. Method: publishers write as fast as they can to channels that they share, the
/// process is killed in the middle, started anew on its data folder, and everything is compared with what the publishers
/// were told. Short: 3 rounds; full: 50.
/// </summary>
public sealed class HistoryCrashTests(ITestOutputHelper output)
{
    private const int Publishers = 4;
    private const int Channels = 2;

    [Fact]
    public async Task Acknowledged_messages_survive_kill_9_once_and_in_order()
    {
        var rounds = LongRun.Rounds(3, 50);
        var data = Directory.CreateTempSubdirectory("imorleans-history-crash-").FullName;
        var random = new Random(20261122);
        var journals = Enumerable.Range(0, Publishers).Select(number => new Journal(number)).ToArray();
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                await using var server = await StartAsync(data);
                await CheckAsync(server, journals, round);
                await PublishUntilKilledAsync(server, journals, acknowledgements: random.Next(50, 300));
            }

            await using (var server = await StartAsync(data))
                await CheckAsync(server, journals, rounds);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }

        var acknowledged = journals.Sum(journal => journal.Acknowledged.Count);
        output.WriteLine(
            $"{rounds} rounds: {acknowledged} messages acknowledged, {journals.Sum(journal => journal.Cut)} cut off, "
            + $"{journals.Sum(journal => journal.Landed)} of them found.");
        Assert.True(acknowledged >= rounds * 50);
    }

    private static Task<ServerProcess> StartAsync(string data) => ServerProcess.StartAsync(
        ServerFixture.ServerDll, data,
        arguments: ["--RateLimits:CallsPerSecond", "0", "--RateLimits:MessagesPerSecond", "0"]);

    private static string ChannelOf(int publisher) => $"crash{publisher % Channels}";

    private static async Task PublishUntilKilledAsync(ServerProcess server, Journal[] journals, int acknowledgements)
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = acknowledgements;
        var clients = await Task.WhenAll(journals.Select(journal => server.ConnectAsync($"publisher{journal.Number}")));
        var publishers = clients.Zip(journals, PublishAsync).ToArray();
        await Task.WhenAny(enough.Task, Task.WhenAll(publishers)).WaitAsync(RtmClient.Patience);
        server.Kill();
        await Task.WhenAll(publishers).WaitAsync(RtmClient.Patience);
        foreach (var client in clients)
            await client.DisposeAsync();

        async Task PublishAsync(RtmClient client, Journal journal)
        {
            try
            {
                while (true)
                {
                    await journal.PublishNextAsync(client);
                    if (Interlocked.Decrement(ref left) == 0)
                        enough.TrySetResult();
                }
            }
            catch (Exception failure) when (enough.Task.IsCompleted && failure is not Xunit.Sdk.XunitException)
            {
                // The server is gone.
            }
        }
    }

    /// <summary>Compares what there is with what the publishers were told.</summary>
    private static async Task CheckAsync(ServerProcess server, Journal[] journals, int round)
    {
        await using var client = await server.ConnectAsync("checker");
        for (var channel = 0; channel < Channels; channel++)
        {
            var found = await ReadAllAsync(client, ChannelOf(channel));
            var times = found.ConvertAll(message => message.SentAt);
            Assert.True(
                times.Zip(times.Skip(1)).All(pair => pair.First < pair.Second), $"round {round}: times do not rise: {channel}");
            foreach (var journal in journals.Where(journal => ChannelOf(journal.Number) == ChannelOf(channel)))
                journal.Check([.. found.Where(message => message.Publisher == $"publisher{journal.Number}")], round);
        }
    }

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

        public void Check(Kept[] found, int round)
        {
            var when = $"round {round}, publisher {number}";
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
