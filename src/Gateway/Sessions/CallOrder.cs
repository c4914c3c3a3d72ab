using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// Lets the calls of one client for one target run one after the other, in the order in which they came.
/// </summary>
/// <remarks>
/// A call for a whole channel waits for all earlier ones for its topics, and they wait for it.
/// <b>Range:</b> what waits is bounded by the protocol's own limit of unfinished calls a connection.
/// A target with nothing under way costs nothing.
/// </remarks>
internal sealed class CallOrder
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Target, Task> _last = [];

    /// <summary>A call for a stream channel as a whole.</summary>
    public Task<T> ForChannelAsync<T>(ChannelName channel, Func<Task<T>> call) =>
        RunAsync(new('c', channel.Value, null), call);

    /// <summary>A call for one topic.</summary>
    public Task<T> ForTopicAsync<T>(ChannelName channel, TopicName topic, Func<Task<T>> call) =>
        RunAsync(new('c', channel.Value, topic.Value), call);

    /// <summary>A message to one user.</summary>
    public Task<T> ForUserAsync<T>(UserId user, Func<Task<T>> call) => RunAsync(new('u', user.Value, null), call);

    /// <summary>A call for the login itself.</summary>
    public Task<T> ForLoginAsync<T>(Func<Task<T>> call) => RunAsync(new('l', "", null), call);

    private async Task<T> RunAsync<T>(Target target, Func<Task<T>> call)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] before;
        lock (_gate)
        {
            before = Before(target);
            _last[target] = turn.Task;
        }

        try
        {
            foreach (var earlier in before)
                if (!earlier.IsCompleted)
                    await earlier;
            return await call();
        }
        finally
        {
            lock (_gate)
                if (_last.TryGetValue(target, out var last) && last == turn.Task)
                    _last.Remove(target);
            turn.SetResult();
        }
    }

    private Task[] Before(Target target) => _last.Count == 0
        ? []
        : [.. _last.Where(entry => entry.Key.Meets(target)).Select(entry => entry.Value)];

    private readonly record struct Target(char Kind, string Name, string? Part)
    {
        public bool Meets(Target other) =>
            Kind == other.Kind && Name == other.Name && (Part is null || other.Part is null || Part == other.Part);
    }
}
