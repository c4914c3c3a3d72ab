using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
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
    /// <summary>No topic is called so.</summary>
    private const string SharedDataPart = "\0";

    private readonly Lock _gate = new();
    private readonly List<Turn> _turns = [];

    /// <summary>A call for a stream channel as a whole.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.ChannelNotAvailable"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForChannelAsync<T>(ChannelName channel, Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('c', channel.Value, null), ErrorCode.ChannelNotAvailable, call);

    /// <summary>A call for one topic.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.ChannelNotAvailable"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForTopicAsync<T>(
        ChannelName channel, TopicName topic, Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('c', channel.Value, topic.Value), ErrorCode.ChannelNotAvailable, call);

    /// <summary>A call for one message channel.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.ChannelNotAvailable"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForMessageChannelAsync<T>(ChannelName channel, Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('m', channel.Value, null), ErrorCode.ChannelNotAvailable, call);

    /// <summary>
    /// A call for the metadata or locks of a channel or user. In order with joining and leaving it, not with its topics.
    /// </summary>
    /// <param name="type">The type of the channel, or user.</param>
    /// <param name="name">The channel's name or the user's id.</param>
    /// <param name="whenLate">The code of a call that was not begun in time.</param>
    /// <param name="call">The call.</param>
    public Task<Outcome<T>> ForSharedDataAsync<T>(
        ChannelType type, string name, ErrorCode whenLate, Func<CallBudget, Task<Outcome<T>>> call) => RunAsync(
        type switch
        {
            ChannelType.Stream => new('c', name, SharedDataPart),
            ChannelType.Message => new('m', name, SharedDataPart),
            _ => new Target('d', name, null),
        },
        whenLate, call);

    /// <summary>A message to one user.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.ChannelPublishMessageTimeout"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForUserAsync<T>(UserId user, Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('u', user.Value, null), ErrorCode.ChannelPublishMessageTimeout, call);

    /// <summary>A call for one conversation.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.InternalErrror"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForConversationAsync<T>(ConversationKey conversation, Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('k', conversation.Value, null), ErrorCode.InternalErrror, call);

    /// <summary>A call for the groups of one user as a whole.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.InternalErrror"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForGroupsOfAsync<T>(UserId user, Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('n', user.Value, null), ErrorCode.InternalErrror, call);

    /// <summary>A call for what the user has received.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.InternalErrror"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForInboxAsync<T>(Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('i', "", null), ErrorCode.InternalErrror, call);

    /// <summary>A call for the login itself.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.RenewTokenTimeout"/>: it was not begun in time.</remarks>
    public Task<Outcome<T>> ForLoginAsync<T>(Func<CallBudget, Task<Outcome<T>>> call) =>
        RunAsync(new('l', "", null), ErrorCode.RenewTokenTimeout, call);

    /// <summary>Completes when all calls that were begun until now have ended.</summary>
    public Task IdleAsync()
    {
        lock (_gate)
            return _turns.Count == 0 ? Task.CompletedTask : Task.WhenAll(_turns.Select(turn => turn.Ended));
    }

    private Task<Outcome<T>> RunAsync<T>(
        Target target, ErrorCode whenLate, Func<CallBudget, Task<Outcome<T>>> call)
    {
        var budget = new CallBudget(clock);
        var turn = new Turn(target);
        Task[] before;
        lock (_gate)
        {
            before = Before(target);
            _turns.Add(turn);
        }

        return before.Length == 0 ? RunNow(turn, budget, call) : RunAfterAsync(before, turn, budget, whenLate, call);
    }

    private async Task<Outcome<T>> RunAfterAsync<T>(
        Task[] before, Turn turn, CallBudget budget, ErrorCode whenLate, Func<CallBudget, Task<Outcome<T>>> call)
    {
        foreach (var earlier in before)
            if (!await budget.OutlastsAsync(earlier))
            {
                _ = KeepPlaceAsync(before, turn);
                return new Refusal(whenLate, "Earlier calls took all the time; this one was not begun. Try again.");
            }

        return await RunNow(turn, budget, call);
    }

    /// <summary>What came after a call that has given up must not overtake what came before it.</summary>
    private async Task KeepPlaceAsync(Task[] before, Turn turn)
    {
        foreach (var earlier in before)
            await earlier;
        End(turn);
    }

    /// <summary>Mostly a call has ended when this returns, and nobody has begun to wait for it.</summary>
    private Task<Outcome<T>> RunNow<T>(Turn turn, CallBudget budget, Func<CallBudget, Task<Outcome<T>>> call)
    {
        Task<Outcome<T>> result;
        try
        {
            result = call(budget);
        }
        catch (Exception failure)
        {
            result = Task.FromException<Outcome<T>>(failure);
        }

        if (!result.IsCompleted)
            return EndAfterAsync(turn, result);
        End(turn);
        return result;
    }

    private async Task<T> EndAfterAsync<T>(Turn turn, Task<T> call)
    {
        try
        {
            return await call;
        }
        finally
        {
            End(turn);
        }
    }

    private void End(Turn turn)
    {
        lock (_gate)
            _turns.Remove(turn);
        turn.End();
    }

    /// <summary>The ends of all earlier calls that the target has to wait for. Under the gate.</summary>
    private Task[] Before(Target target) => _turns.Count == 0
        ? []
        : [.. _turns.Where(turn => turn.Target.Meets(target)).Select(turn => turn.Ended)];

    /// <summary>A call that has not ended.</summary>
    private sealed class Turn(Target target)
    {
        private TaskCompletionSource? _ended;

        public Target Target => target;

        /// <summary>Completes when the call has ended. Made when first asked for, under the gate.</summary>
        public Task Ended => (_ended ??= new()).Task;

        /// <summary>The call has ended: it was taken out, and nobody asks any more.</summary>
        public void End() => _ended?.SetResult();
    }

    private readonly record struct Target(char Kind, string Name, string? Part)
    {
        public bool Meets(Target other) =>
            Kind == other.Kind && Name == other.Name && (Part is null || other.Part is null || Part == other.Part);
    }
}
