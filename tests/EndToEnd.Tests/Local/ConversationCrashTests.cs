using System.Text.Json;
using ImOrleans.ClientKit;
using ImOrleans.TestKit;
using Xunit.Abstractions;

namespace ImOrleans.EndToEnd.Tests.Local;

/// <summary>
/// Goal: a message of a conversation that was acknowledged is there once, with the number and the time that were answered,
/// after the process was killed; one whose answer did not come is there once after it was sent again. Method: both sides of
/// several conversations write as fast as they can, the process is killed in the middle, started anew on its data folder,
/// all that was cut off is sent again, and a device pulls everything. Short: 5 rounds; full: 100.
/// </summary>
public sealed class ConversationCrashTests(ITestOutputHelper output)
{
    private const int Writers = 4;
    private const string Reader = "reader";

    private readonly Dictionary<string, Answer> _acknowledged = [];
    private readonly Dictionary<string, (string From, string To)> _open = [];
    private readonly Dictionary<string, List<JsonElement>> _pulled = [];
    private int _sent;
    private int _cut;

    [Fact]
    public async Task Acknowledged_messages_survive_kill_9_once_and_in_order()
    {
        var rounds = LongRun.Rounds(5, 100);
        var data = Directory.CreateTempSubdirectory("imorleans-conversation-crash-").FullName;
        var random = new Random(20261123);
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                await using var server = await StartAsync(data);
                await CheckAsync(server, round);
                await SendUntilKilledAsync(server, acknowledgements: random.Next(50, 300));
            }

            await using (var server = await StartAsync(data))
                await CheckAsync(server, rounds);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }

        output.WriteLine(
            $"{rounds} rounds: {_acknowledged.Count} messages acknowledged, {_cut} cut off and sent again, "
            + $"{_pulled.Values.Sum(messages => messages.Count)} pulled.");
        Assert.True(_acknowledged.Count >= rounds * 50);
    }

    private static Task<ServerProcess> StartAsync(string data) => ServerProcess.StartAsync(
        ServerFixture.ServerDll, data,
        arguments: ["--RateLimits:CallsPerSecond", "0", "--RateLimits:ConversationMessagesPerSecond", "0"]);

    private async Task SendUntilKilledAsync(ServerProcess server, int acknowledgements)
    {
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = acknowledgements;
        var reader = await server.ConnectAsync(Reader);
        var writers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => server.ConnectAsync($"writer{i}")));
        var loops = writers.Select((writer, i) => LoopAsync(writer, $"writer{i}", Reader))
            .Concat(Enumerable.Range(0, Writers).Select(i => LoopAsync(reader, Reader, $"writer{i}"))).ToArray();
        await Task.WhenAny(enough.Task, Task.WhenAll(loops)).WaitAsync(RtmClient.Patience);
        server.Kill();
        await Task.WhenAll(loops).WaitAsync(RtmClient.Patience);
        foreach (var client in writers.Append(reader))
            await client.DisposeAsync();

        async Task LoopAsync(RtmClient client, string from, string to)
        {
            try
            {
                while (true)
                {
                    await SendAsync(client, $"m{Interlocked.Increment(ref _sent)}", from, to);
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

    private async Task SendAsync(RtmClient client, string name, string from, string to)
    {
        lock (_open)
            _open[name] = (from, to);
        var sent = Answer.Of(await client.DoAsync("SendMessage", new
        {
            conversationType = 1, targetId = to, objectName = "RC:TxtMsg", content = new { content = name }, clientMessageId = name,
        }));
        lock (_open)
        {
            _open.Remove(name);
            _acknowledged.Add(name, sent);
        }
    }

    /// <summary>Sends again what was cut off, pulls what is new, and compares it with what the senders were told.</summary>
    private async Task CheckAsync(ServerProcess server, int round)
    {
        foreach (var (name, (from, to)) in _open.ToArray())
        {
            _cut++;
            await using var sender = await server.ConnectAsync(from);
            await SendAsync(sender, name, from, to);
        }

        await using var reader = await server.ConnectAsync(Reader);
        for (var isFinished = false; !isFinished;)
        {
            var page = await reader.DoAsync("PullMessages", new { count = 200 });
            foreach (var message in page.GetProperty("messages").EnumerateArray())
                Take(message, round);
            if (page.TryGetProperty("ackToken", out var token))
                await reader.DoAsync("AckMessages", new { ackToken = token.GetString() });
            isFinished = page.GetProperty("finished").GetBoolean();
        }

        var byName = _pulled.Values.SelectMany(messages => messages)
            .ToDictionary(message => message.GetProperty("clientMessageId").GetString()!, Answer.Of);
        foreach (var (name, answer) in _acknowledged)
            Assert.True(
                byName.TryGetValue(name, out var found) && found == answer,
                $"round {round}: {name} was answered as {answer} and is {byName.GetValueOrDefault(name)}");
        Assert.Equal(_acknowledged.Count, byName.Count);
    }

    /// <summary>Each conversation comes without a hole, in its order, and nothing that was acknowledged comes again.</summary>
    private void Take(JsonElement message, int round)
    {
        var conversation = message.GetProperty("targetId").GetString()!;
        if (!_pulled.TryGetValue(conversation, out var before))
            _pulled[conversation] = before = [];
        Assert.True(
            message.GetProperty("seq").GetInt64() == before.Count + 1
                && (before.Count == 0 || Time(before[^1]) <= Time(message)),
            $"round {round}: after {before.Count} messages of {conversation} came {message}");
        before.Add(message.Clone());
    }

    private static long Time(JsonElement message) => message.GetProperty("sentTime").GetInt64();

    private sealed record Answer(string UId, long Seq, long SentTime)
    {
        public static Answer Of(JsonElement message) => new(
            message.GetProperty("messageUId").GetString()!, message.GetProperty("seq").GetInt64(), Time(message));
    }
}
