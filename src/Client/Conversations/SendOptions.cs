namespace ImOrleans.Client;

/// <summary>What may go with a message of a conversation.</summary>
public sealed record SendOptions
{
    /// <summary>
    /// The app's own name for the message, 1 to 64 bytes: the server stores one message of that name in a conversation,
    /// however often it is sent. Null: the client makes one up.
    /// </summary>
    public string? ClientMessageId { get; init; }

    /// <summary>A text for push notifications, at most 1,024 bytes; kept with the message.</summary>
    public string? PushContent { get; init; }

    /// <summary>Data for push notifications, at most 1,024 bytes; kept with the message.</summary>
    public string? PushData { get; init; }

    /// <summary>
    /// In groups and discussions: the members who alone get the message, this user besides; 1 to 100, else 33003. Null: all.
    /// </summary>
    public IReadOnlyList<string>? ToUserIds { get; init; }

    /// <summary>In groups and discussions: whom the message mentions. Null: nobody.</summary>
    public Mention? Mentioned { get; init; }
}
