using ImOrleans.Domain.History;

namespace ImOrleans.Grains.Tests.Kit;

/// <summary>Keeps messages as a database would, and fails or waits as the test says.</summary>
internal sealed class HistoryStore : IChannelHistory
{
    private readonly Dictionary<HistoryKey, List<HistoryMessage>> _kept = [];
    private readonly Queue<Exception> _failures = [];
    private readonly Queue<(TaskCompletionSource<long> Answer, Func<long> Append)> _held = [];

    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether appends wait until the test lets them through.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Whether the next failure comes after the message was stored.</summary>
    public bool FailsAfterwards { get; set; }

    /// <summary>The sizes and limits of the removals so far.</summary>
    public List<(long Before, int CountMax)> Removals { get; } = [];

    /// <summary>What the next removals say that they have removed; zero when none is told.</summary>
    public Queue<int> Removed { get; } = [];

    /// <summary>Completes with the first removal.</summary>
    public Task NextRemoval => _removed.Task;

    public int Appends { get; private set; }

    public void FailNext(Exception failure) => _failures.Enqueue(failure);

    public IReadOnlyList<HistoryMessage> Of(HistoryKey key) => _kept.GetValueOrDefault(key) ?? [];

    /// <summary>Lets the oldest append that waits through.</summary>
    public void LetThrough()
    {
        var (answer, append) = _held.Dequeue();
        answer.SetResult(append());
    }

    public Task<long> AppendAsync(HistoryKey key, HistoryMessage message, bool mayBeStored = false)
    {
        Appends++;
        if (_failures.TryDequeue(out var failure))
        {
            if (FailsAfterwards)
                Store(key, message, mayBeStored);
            throw failure;
        }

        if (!IsSlow)
            return Task.FromResult(Store(key, message, mayBeStored));
        var answer = new TaskCompletionSource<long>();
        _held.Enqueue((answer, () => Store(key, message, mayBeStored)));
        return answer.Task;
    }

    public Task<HistoryPage> ReadAsync(HistoryKey key, HistoryQuery query)
    {
        if (_failures.TryDequeue(out var failure))
            throw failure;
        var page = new HistoryPageBuilder(query.Count);
        _ = Of(key).Where(message => message.SentAtUnixMs > query.StartUnixMs && message.SentAtUnixMs <= query.EndUnixMs)
            .All(page.TryAdd);
        return Task.FromResult(page.Build());
    }

    public Task<int> RemoveAsync(long beforeUnixMs, int countMax)
    {
        if (_failures.TryDequeue(out var failure))
            throw failure;
        Removals.Add((beforeUnixMs, countMax));
        _removed.TrySetResult();
        return Task.FromResult(Removed.TryDequeue(out var removed) ? removed : 0);
    }

    private long Store(HistoryKey key, HistoryMessage message, bool mayBeStored)
    {
        if (!_kept.TryGetValue(key, out var kept))
            _kept[key] = kept = [];
        if (mayBeStored && kept.Find(one => one.Position == message.Position) is { } found)
            return found.SentAtUnixMs;
        var time = Math.Max(message.SentAtUnixMs, kept.Count == 0 ? 0 : kept[^1].SentAtUnixMs + 1);
        kept.Add(message with { SentAtUnixMs = time });
        return time;
    }
}
