using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Routing;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// Lets the calls of one client for one target run one after the other, in the order in which they came.
/// </summary>
/// <remarks>
/// A call for a whole channel waits for all earlier ones for its topics, and they wait for it. The time of a call runs
/// from its arrival: one that has waited for too long is refused without being begun, and those behind it go on waiting.
/// <b>Range:</b> what waits is bounded by the protocol's own limit of unfinished calls a connection.
/// A target with nothing under way costs nothing.
/// </remarks>
internal sealed class CallOrder(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Target, Task> _last = [];

    /// <summary>A call for a stream channel as a whole.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.ChannelNotAvailable"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForChannelAsync<T>(ChannelName channel, Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('c', channel.Value, null), ErrorCode.ChannelNotAvailable, call);

    /// <summary>A call for one topic.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.ChannelNotAvailable"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForTopicAsync<T>(
        ChannelName channel, TopicName topic, Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('c', channel.Value, topic.Value), ErrorCode.ChannelNotAvailable, call);

    /// <summary>A message to one user.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.ChannelPublishMessageTimeout"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForUserAsync<T>(UserId user, Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('u', user.Value, null), ErrorCode.ChannelPublishMessageTimeout, call);

    /// <summary>A call for the login itself.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.RenewTokenTimeout"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForLoginAsync<T>(Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('l', "", null), ErrorCode.RenewTokenTimeout, call);

    private async Task<Outcome<T>> RunAsync<T>(
        Target target, ErrorCode whenLate, Func<CallBudget, Task<Outcome<T>>> call)
    {
        var budget = new CallBudget(clock);
        var turn = new TaskCompletionSource();
        Task[] before;
        lock (_gate)
        {
            before = Before(target);
            _last[target] = turn.Task;
        }

        foreach (var earlier in before)
            if (!await budget.OutlastsAsync(earlier))
            {
                _ = KeepPlaceAsync(before, target, turn);
                return new Refusal(whenLate, "Earlier calls took all the time; this one was not begun. Try again.");
            }

        try
        {
            return await call(budget);
        }
        finally
        {
            End(target, turn);
        }
    }

    /// <summary>What came after a call that has given up must not overtake what came before it.</summary>
    private async Task KeepPlaceAsync(Task[] before, Target target, TaskCompletionSource turn)
    {
        foreach (var earlier in before)
            await earlier;
        End(target, turn);
    }

    private void End(Target target, TaskCompletionSource turn)
    {
        lock (_gate)
            if (_last.TryGetValue(target, out var last) && last == turn.Task)
                _last.Remove(target);
        turn.SetResult();
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
