using System.Text.Json;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client.Tests.Fakes;

/// <summary>What waits for a device on a fake server: it is pulled, pushed and acknowledged there.</summary>
internal sealed class FakeInbox
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, List<object?>> _messages = [];
    private readonly Dictionary<string, long> _acknowledged = [];
    private readonly List<object> _skipped = [];
    private readonly List<string> _calls = [];

    /// <summary>What a call is answered instead, or what its answer waits for; null: nothing.</summary>
    public Func<string, Task<WireReply>?> Instead { get; set; } = _ => null;

    /// <summary>The calls that came: <c>pull</c>, and <c>ack</c> with what it acknowledges.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    /// <summary>Stores a message of a conversation, and gives it its number.</summary>
    public long Store(string target, bool isOwn = false)
    {
        lock (_lock)
        {
            var messages = Of(target);
            messages.Add(Message(target, messages.Count + 1, isOwn));
            return messages.Count;
        }
    }

    /// <summary>Stores what is for others: a number without a message.</summary>
    public void StoreForOthers(string target)
    {
        lock (_lock)
            Of(target).Add(null);
    }

    /// <summary>
    /// What the next pulls tell that was left out, until something of that conversation is acknowledged.
    /// </summary>
    public void Skip(string target, long through)
    {
        lock (_lock)
        {
            var after = _acknowledged.GetValueOrDefault(target);
            _skipped.Add(new { conversationType = 1, targetId = target, afterSeq = after, beforeSeq = through + 1 });
            _acknowledged[target] = through;
        }
    }

    public void Acknowledge(string target, long seq)
    {
        lock (_lock)
            _acknowledged[target] = seq;
    }

    public long Acknowledged(string target)
    {
        lock (_lock)
            return _acknowledged.GetValueOrDefault(target);
    }

    /// <summary>Pushes messages by their numbers.</summary>
    public void Push(FakeLink link, string target, params long[] seqs)
    {
        JsonElement[] batch;
        lock (_lock)
            batch = [.. seqs.Select(seq => JsonSerializer.SerializeToElement(Of(target)[(int)seq - 1]))];
        link.Events.OnChatMessages(batch, $"{target}:{seqs[^1]}");
    }

    public Task<WireReply> Answer(string call)
    {
        var space = call.IndexOf(' ', StringComparison.Ordinal);
        var (method, request) = space < 0 ? (call, default) : (call[..space], JsonSerializer.Deserialize<JsonElement>(call[space..]));
        var told = method switch
        {
            "PullMessages" => "pull",
            "AckMessages" => $"ack {request.GetProperty("ackToken").GetString()}",
            _ => null,
        };
        if (told is not null)
            lock (_lock)
                _calls.Add(told);
        if (Instead(told ?? method) is { } other)
            return other;
        object data = method switch
        {
            "PullMessages" => Pull(request.GetProperty("count").GetInt32()),
            "AckMessages" => Acknowledge(request.GetProperty("ackToken").GetString()!),
            "SendMessage" => Send(request),
            _ => new { },
        };
        return Task.FromResult(new WireReply(0, JsonSerializer.SerializeToElement(data)));
    }

    private object Pull(int count)
    {
        lock (_lock)
        {
            List<object> messages = [];
            Dictionary<string, long> places = [];
            foreach (var (target, all) in _messages)
                for (var seq = _acknowledged.GetValueOrDefault(target) + 1; seq <= all.Count && messages.Count < count; seq++)
                {
                    places[target] = seq;
                    if (all[(int)seq - 1] is { } message)
                        messages.Add(message);
                }

            var isFinished = _messages.All(
                one => (places.TryGetValue(one.Key, out var seq) ? seq : _acknowledged.GetValueOrDefault(one.Key)) >= one.Value.Count);
            var token = string.Join(' ', places.Select(place => $"{place.Key}:{place.Value}"));
            return token.Length == 0
                ? new { messages, finished = isFinished, skipped = _skipped.ToArray() }
                : new { messages, ackToken = token, finished = isFinished, skipped = _skipped.ToArray() };
        }
    }

    private object Acknowledge(string token)
    {
        lock (_lock)
        {
            _skipped.Clear();
            foreach (var place in token.Split(' ').Select(place => place.Split(':')))
                _acknowledged[place[0]] = Math.Max(_acknowledged.GetValueOrDefault(place[0]), long.Parse(place[1]));
        }

        return new { };
    }

    private object Send(JsonElement request)
    {
        var target = request.GetProperty("targetId").GetString()!;
        var seq = Store(target, isOwn: true);
        return new { messageUId = $"{target}-{seq}", seq, sentTime = seq };
    }

    private List<object?> Of(string target) =>
        _messages.TryGetValue(target, out var messages) ? messages : _messages[target] = [];

    private static object Message(string target, long seq, bool isOwn) => new
    {
        conversationType = 1,
        targetId = target,
        senderUserId = isOwn ? "me" : target,
        messageUId = $"{target}-{seq}",
        seq,
        sentTime = seq,
        objectName = "RC:TxtMsg",
        content = new { content = $"{seq}" },
        messageDirection = isOwn ? 1 : 2,
        isCounted = true,
        isOffLineMessage = false,
    };
}
