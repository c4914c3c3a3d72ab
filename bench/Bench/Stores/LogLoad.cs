using System.Diagnostics;
using ImOrleans.Domain.Conversations;

namespace ImOrleans.Bench.Stores;

/// <summary>Appends to a log, a number of them under way, each of one message to a conversation of its own.</summary>
internal sealed class LogLoad
{
    private const int OpenedAtOnce = 1000;

    private readonly IMessageLog _log;
    private readonly ConversationKey[] _keys;
    private readonly ConversationHead[] _heads;
    private long _names;

    private LogLoad(IMessageLog log, ConversationKey[] keys, ConversationHead[] heads) =>
        (_log, _keys, _heads) = (log, keys, heads);

    /// <summary>Opens the conversations.</summary>
    public static LogLoad Open(IMessageLog log, int conversations)
    {
        var keys = Enumerable.Range(0, conversations).Select(i => ConversationKey.Group(new($"g{i}"))).ToArray();
        var heads = new List<ConversationHead>();
        foreach (var chunk in keys.Chunk(OpenedAtOnce))
            heads.AddRange(Task.WhenAll(chunk.Select(log.OpenAsync)).GetAwaiter().GetResult());
        return new(log, keys, [.. heads]);
    }

    /// <summary>Appends for a while; how many messages that were.</summary>
    /// <param name="outstanding">How many appends are under way.</param>
    /// <param name="isNamed">Whether the messages have names of their senders.</param>
    /// <param name="time">For how long.</param>
    public long Run(int outstanding, bool isNamed, TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        var workers = Math.Min(outstanding, _keys.Length);
        return Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => AppendAsync(worker))))
            .GetAwaiter().GetResult().Sum();

        async Task<long> AppendAsync(int worker)
        {
            // Each has conversations of its own, since one can have one append under way only.
            var (random, own) = (new Random(worker), (_keys.Length - worker + workers - 1) / workers);
            var count = 0L;
            for (; Stopwatch.GetElapsedTime(start) < time; count++)
            {
                var place = worker + (random.Next(own) * workers);
                var (key, head) = (_keys[place], _heads[place]);
                var message = new ChatMessage(
                    MessageUId.Create(key, head.Seq + 1, random.NextInt64()), new("user"), "RC:TxtMsg", SampleMessage.Content,
                    MessageFlags.Counted, isNamed ? $"{Interlocked.Increment(ref _names)}" : null, [], default);
                var result = await _log.AppendAsync(new(key, head.Epoch, head.Seq + 1, [message], []));
                if (!result.IsStored)
                    throw new InvalidDataException($"An append to {key.Value} was refused.");
                _heads[place] = head with { Seq = head.Seq + 1 };
            }

            return count;
        }
    }
}
