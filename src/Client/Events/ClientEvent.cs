namespace ImOrleans.Client;

/// <summary>Something that happened to a client itself; see the records that derive from it.</summary>
public abstract record ClientEvent : FeedItem;

/// <summary>The connection's state has changed, or another attempt to reconnect was put off.</summary>
/// <param name="State">The state now.</param>
/// <param name="Reason">RTM2's number of the reason, see <see cref="ConnectionReasons"/>.</param>
/// <param name="Message">For people; its wording may change.</param>
public sealed record ConnectionStateChanged(ConnectionState State, int Reason, string Message) : ClientEvent
{
    /// <summary>
    /// Why the server closed the connection: 3000 to 3499 reconnects, 3500 to 3999 does not. Null: it did not say.
    /// </summary>
    public int? CloseCode { get; init; }

    /// <summary>
    /// In <see cref="ConnectionState.Connected"/>: whether the session of the connection before goes on, so that nothing
    /// was missed but what <see cref="ServerDroppedMessages"/> counts, unless it was <see cref="Lost"/>. False: it is a new
    /// one, in which the client has asked anew for all that the app had; messages of the time between are gone.
    /// </summary>
    public bool Resumed { get; init; }

    /// <summary>
    /// In <see cref="ConnectionState.Connected"/>: why the server closed the connection before, where it could not say so
    /// then. 3008: the client read too slowly. Null: nothing to say.
    /// </summary>
    public int? PreviousCloseCode { get; init; }

    /// <summary>
    /// With <see cref="Resumed"/>: whether the part of the server that had the session was lost. Then messages of topics
    /// and to the user of the time between may be missing; message channels are asked for what they have kept, as after
    /// any reconnect.
    /// </summary>
    public bool Lost { get; init; }

    /// <summary>In <see cref="ConnectionState.Reconnecting"/>: which attempt comes next, from 1.</summary>
    public int Attempt { get; init; }

    /// <summary>In <see cref="ConnectionState.Reconnecting"/>: how long until that attempt.</summary>
    public TimeSpan RetryIn { get; init; }

    /// <summary>What went wrong, where that is known.</summary>
    public Exception? Error { get; init; }
}

/// <summary>The state of a stream channel has changed, as the server says.</summary>
/// <param name="Channel">The stream channel.</param>
/// <param name="State">
/// <see cref="ConnectionState.Connected"/>: it is joined. <see cref="ConnectionState.Disconnected"/>: it was left.
/// <see cref="ConnectionState.Failed"/>: the server has ended the membership.
/// </param>
/// <param name="Reason">RTM2's number of the reason, see <see cref="ConnectionReasons"/>.</param>
/// <param name="Message">For people; its wording may change.</param>
public sealed record ChannelStateChanged(string Channel, ConnectionState State, int Reason, string Message) : ClientEvent;

/// <summary>There is something new to pull: <see cref="RtmConversations.PullAsync"/> gets it. Told once until then.</summary>
/// <param name="Type">The kind of the conversation; 0 where the server does not know in which there is.</param>
/// <param name="TargetId">The other user, or the group; empty where the server does not know in which there is.</param>
public sealed record NewConversationMessages(ConversationType Type, string TargetId) : ClientEvent;

/// <summary>A status message has come, of typing for instance: it is not stored, and is not pulled.</summary>
/// <param name="Message">The message; its number is 0.</param>
public sealed record ConversationStatusReceived(ConversationMessage Message) : ClientEvent;

/// <summary>The server gave up messages for this client, because it read the connection too slowly.</summary>
/// <param name="Count">How many since the last such event; they are missing around this point.</param>
public sealed record ServerDroppedMessages(int Count) : ClientEvent;

/// <summary>A token is about to end, about 30 s from now.</summary>
/// <param name="Channel">The stream channel whose token it is; null: the login token.</param>
/// <param name="ExpiresAt">When it ends, by the server's clock.</param>
public sealed record TokenWillExpire(string? Channel, DateTimeOffset ExpiresAt) : ClientEvent;

/// <summary>A token has ended. A channel's was left with it; a login's connection is closed right after.</summary>
/// <param name="Channel">The stream channel whose token it was; null: the login token.</param>
/// <param name="ExpiresAt">When it ended, by the server's clock.</param>
public sealed record TokenExpired(string? Channel, DateTimeOffset ExpiresAt) : ClientEvent;

/// <summary>A token was renewed.</summary>
/// <param name="Channel">The stream channel whose token it is; null: the login token.</param>
/// <param name="ExpiresAt">When the new one ends, by the server's clock.</param>
public sealed record TokenRenewed(string? Channel, DateTimeOffset ExpiresAt) : ClientEvent;

/// <summary>The client's own attempt to renew a token has failed.</summary>
/// <param name="Channel">The stream channel whose token it is; null: the login token.</param>
/// <param name="Error">What the token provider threw, or the server's refusal.</param>
/// <param name="WillRetry">Whether the client tries again by itself.</param>
public sealed record TokenRenewalFailed(string? Channel, Exception Error, bool WillRetry) : ClientEvent;

/// <summary>
/// After a reconnect something could not be had again: it is given up, and the app may ask for it anew.
/// </summary>
/// <param name="Channel">The stream or message channel.</param>
/// <param name="Topic">The topic; null: the channel itself, with all its topics.</param>
/// <param name="Users">The publishers that are not followed any more; empty: the channel or the publisher role.</param>
/// <param name="Error">The refusal, or what a channel's token provider threw.</param>
public sealed record RestoreFailed(
    string Channel, string? Topic, IReadOnlyList<string> Users, Exception Error) : ClientEvent
{
    /// <summary>Whether it is a message channel; a stream channel otherwise.</summary>
    public bool IsMessageChannel { get; init; }
}

/// <summary>
/// Messages of a message channel were missed, or may have been, and cannot be had again; the feed's next message has
/// <see cref="ChannelMessage.GapBefore"/>.
/// </summary>
/// <param name="Channel">The message channel.</param>
public sealed record MessagesMissed(string Channel) : ClientEvent;
