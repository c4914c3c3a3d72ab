namespace ImOrleans.Gateway.Sessions;

/// <summary>How far a conversation was handed to a session, and what of it waits to be acknowledged.</summary>
internal sealed class HandedConversation
{
    private Queue<Batch>? _waiting;

    /// <summary>The last message that the session was handed, or was not to get.</summary>
    public long Seq { get; set; }

    /// <summary>Messages up to one wait to be acknowledged.</summary>
    public void Wait(long seq, int messages, int bytes) => (_waiting ??= new()).Enqueue(new(seq, messages, bytes));

    /// <summary>It was acknowledged up to a message: how much does not wait any more.</summary>
    public (int Messages, int Bytes) Acknowledge(long seq)
    {
        var (messages, bytes) = (0, 0);
        while (_waiting is { Count: > 0 } && _waiting.Peek().Seq <= seq)
        {
            var batch = _waiting.Dequeue();
            messages += batch.Messages;
            bytes += batch.Bytes;
        }

        return (messages, bytes);
    }

    private readonly record struct Batch(long Seq, int Messages, int Bytes);
}
