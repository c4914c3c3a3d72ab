using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Grains.Conversations;

/// <summary>Passes the status messages of one conversation on, one after the other, in their order.</summary>
/// <remarks>What cannot be passed on is gone. Where too many wait the oldest is dropped: what is newer says more.</remarks>
internal sealed class StatusNotifier(Func<ConversationStatus, Task> tell, Action<Exception> onFailed)
{
    /// <summary>Status messages that wait at most.</summary>
    private const int WaitingMax = 16;

    private readonly Queue<ConversationStatus> _waiting = new();
    private bool _isTelling;

    /// <summary>Passes it on, soon.</summary>
    public void Tell(ConversationStatus status)
    {
        if (_waiting.Count == WaitingMax)
            _waiting.Dequeue();
        _waiting.Enqueue(status);
        if (!_isTelling)
            _ = TellAllAsync();
    }

    private async Task TellAllAsync()
    {
        _isTelling = true;
        while (_waiting.TryDequeue(out var next))
            try
            {
                await tell(next);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                onFailed(failure);
            }

        _isTelling = false;
    }
}
