using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;

namespace ImOrleans.Grains.Conversations;

/// <summary>A write that is no append and waits for its turn, and who waits for it.</summary>
/// <param name="messagesBefore">How many messages the line had taken in when this came.</param>
/// <param name="write">See <see cref="ConversationWriter.ChangeAsync"/>.</param>
internal sealed class WaitingChange(long messagesBefore, Func<ConversationHead, Task<Outcome<bool>>> write)
{
    private readonly TaskCompletionSource<Outcome<Done>> _done = new();

    public long MessagesBefore => messagesBefore;

    public Func<ConversationHead, Task<Outcome<bool>>> Write => write;

    /// <summary>Ends when it is done or refused.</summary>
    public Task<Outcome<Done>> Done => _done.Task;

    /// <summary>It is done, or refused.</summary>
    public void End(Outcome<bool> outcome) => _done.TrySetResult(outcome.IsAccepted ? default(Done) : outcome.As<Done>());
}
