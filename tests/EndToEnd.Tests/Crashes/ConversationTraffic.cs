using System.Text.Json;
using ImOrleans.ClientKit;

namespace ImOrleans.EndToEnd.Tests.Crashes;

/// <summary>
/// Both sides of several private conversations write, each message with a name of its own; a device of the one whom all have
/// in common pulls everything. What was answered is remembered, and what was not is sent again.
/// </summary>
internal sealed class ConversationTraffic
{
    private const int Writers = 4;
    private const int NotStored = 24015;

    /// <summary>How often a pull is made again that a store refuses which has just come back.</summary>
    private const int PullAttemptsMax = 50;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SentMessage> _acknowledged = [];
    private readonly Dictionary<string, (string From, string To)> _open = [];
    private readonly Dictionary<string, List<JsonElement>> _pulled = [];
    private int _sent;

    /// <summary>Those who write: the first is the reader, who has a conversation with each of the others.</summary>
    public static IReadOnlyList<string> Users { get; } =
        ["reader", .. Enumerable.Range(0, Writers).Select(number => $"writer{number}")];

    public int Acknowledged => _acknowledged.Count;

    /// <summary>Messages whose answer did not come with the connection on which they were sent.</summary>
    public int Cut { get; private set; }

    public int Pulled => _pulled.Values.Sum(messages => messages.Count);

    /// <summary>Called at each refusal of a message that may be sent again.</summary>
    public Action OnRefused { get; set; } = () => { };

    /// <summary>All directions of all conversations.</summary>
    /// <param name="clients">Connected as <see cref="Users"/>, in that order.</param>
    public IEnumerable<Func<Task>> Sends(IReadOnlyList<RtmClient> clients) =>
        Enumerable.Range(1, Writers).SelectMany(writer => (Func<Task>[])
        [
            () => SendNextAsync(clients[writer], Users[writer], Users[0]),
            () => SendNextAsync(clients[0], Users[0], Users[writer]),
        ]);

    /// <summary>Sends again what was cut off, pulls what is new, and compares it with what the senders were told.</summary>
    public async Task CheckAsync(Func<string, Task<RtmClient>> connectAsync, string when)
    {
        foreach (var (name, (from, to)) in _open.ToArray())
        {
            Cut++;
            await using var sender = await connectAsync(from);
            await SendAsync(sender, name, from, to);
        }

        await using (var reader = await connectAsync(Users[0]))
            await PullAsync(reader, when);
        var byName = _pulled.Values.SelectMany(messages => messages)
            .ToDictionary(message => message.GetProperty("clientMessageId").GetString()!, SentMessage.Of);
        foreach (var (name, answer) in _acknowledged)
            Assert.True(
                byName.TryGetValue(name, out var found) && found == answer,
                $"{when}: {name} was answered as {answer} and is {byName.GetValueOrDefault(name)}");
        Assert.Equal(_acknowledged.Count, byName.Count);
    }

    private Task SendNextAsync(RtmClient client, string from, string to) =>
        SendAsync(client, $"m{Interlocked.Increment(ref _sent)}", from, to);

    /// <summary>Sends, and again what the server says it may be sent again, until it is acknowledged.</summary>
    private async Task SendAsync(RtmClient client, string name, string from, string to)
    {
        lock (_gate)
            _open[name] = (from, to);
        var message = new
        {
            conversationType = 1, targetId = to, objectName = "RC:TxtMsg", content = new { content = name }, clientMessageId = name,
        };
        while (true)
        {
            var reply = await client.CallAsync("SendMessage", message);
            if (reply.GetProperty("code").GetInt32() == 0)
            {
                lock (_gate)
                {
                    _open.Remove(name);
                    _acknowledged.Add(name, SentMessage.Of(reply.GetProperty("data")));
                }

                return;
            }

            Assert.Equal(NotStored, reply.GetProperty("code").GetInt32());
            OnRefused();
        }
    }

    private async Task PullAsync(RtmClient reader, string when)
    {
        for (var isFinished = false; !isFinished;)
        {
            var page = await DoAsync(reader, "PullMessages", new { count = 200 });
            foreach (var message in page.GetProperty("messages").EnumerateArray())
                Take(message, when);
            if (page.TryGetProperty("ackToken", out var token))
                await DoAsync(reader, "AckMessages", new { ackToken = token.GetString() });
            isFinished = page.GetProperty("finished").GetBoolean();
        }
    }

    private static async Task<JsonElement> DoAsync(RtmClient reader, string method, object request)
    {
        for (var attempt = 1; attempt < PullAttemptsMax; attempt++)
        {
            var reply = await reader.CallAsync(method, request);
            if (reply.GetProperty("code").GetInt32() != NotStored)
                return reply.TryGetProperty("data", out var data) ? data : default;
        }

        return await reader.DoAsync(method, request);
    }

    /// <summary>Each conversation comes without a hole, in its order, and nothing that was acknowledged comes again.</summary>
    private void Take(JsonElement message, string when)
    {
        var conversation = message.GetProperty("targetId").GetString()!;
        if (!_pulled.TryGetValue(conversation, out var before))
            _pulled[conversation] = before = [];
        var sent = SentMessage.Of(message);
        Assert.True(
            sent.Seq == before.Count + 1 && (before.Count == 0 || SentMessage.Of(before[^1]).SentTime <= sent.SentTime),
            $"{when}: after {before.Count} messages of {conversation} came {message}");
        before.Add(message.Clone());
    }
}
