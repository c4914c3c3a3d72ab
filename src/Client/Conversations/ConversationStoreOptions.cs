namespace ImOrleans.Client;

/// <summary>What a <see cref="ConversationStore"/> keeps.</summary>
public sealed record ConversationStoreOptions
{
    /// <summary>
    /// The client's user, as its tokens name it: the sender of what <see cref="ConversationStore.SendAsync"/> sends.
    /// </summary>
    public required string UserId { get; init; }

    /// <summary>How many messages of each conversation are kept: the newest. Default 1,000; 1 and more.</summary>
    public int MessagesPerConversationMax { get; init; } = 1000;

    /// <summary>How many conversations are kept: those with the newest messages. Default 10,000; 1 and more.</summary>
    public int ConversationsMax { get; init; } = 10_000;

    /// <summary>
    /// Puts away what is new, before it is shown and acknowledged. When it throws, nothing is acknowledged and all of
    /// it comes again after a pause. One call at a time. A message may come more than once: put it away by its
    /// <see cref="ConversationMessage.UId"/>. Default null: nothing is kept, and what was acknowledged is gone with the
    /// app.
    /// </summary>
    public Func<UnsavedMessages, CancellationToken, Task>? SaveAsync { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(UserId);
        ArgumentOutOfRangeException.ThrowIfLessThan(MessagesPerConversationMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConversationsMax, 1);
    }
}
