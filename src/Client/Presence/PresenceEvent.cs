namespace ImOrleans.Client;

/// <summary>Something about who is in a channel.</summary>
/// <param name="Channel">The channel.</param>
public abstract record PresenceEvent(string Channel) : FeedItem;

/// <summary>
/// Who is there: replaces whatever was. The first event of a channel, and again after a reconnect, when the server has
/// recovered from a loss, and when a large channel has become small.
/// </summary>
/// <param name="Channel">The channel.</param>
/// <param name="Users">In order of coming: all of them, or the first 100 of a large channel.</param>
/// <param name="Total">How many there are.</param>
/// <param name="IsInterval">Whether the channel is so large that changes are told together, once a period.</param>
public sealed record PresenceSnapshot(
    string Channel, IReadOnlyList<PresentUser> Users, int Total, bool IsInterval) : PresenceEvent(Channel);

/// <summary>A user is there now.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="User">Who, with its state.</param>
public sealed record UserJoined(string Channel, PresentUser User) : PresenceEvent(Channel);

/// <summary>A user is gone.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="UserId">Who.</param>
/// <param name="IsTimedOut">True when its connection was lost; false when it left.</param>
public sealed record UserLeft(string Channel, string UserId, bool IsTimedOut) : PresenceEvent(Channel);

/// <summary>A user says something else of itself.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Change">What is different.</param>
public sealed record UserStateChanged(string Channel, StateChange Change) : PresenceEvent(Channel);

/// <summary>
/// What has changed in a large channel within a period: each user once, with how it stands now. One that is named may be
/// known already to be there, or to be gone.
/// </summary>
/// <param name="Channel">The channel.</param>
/// <param name="Joined">Users who are there; their state begins anew.</param>
/// <param name="Left">Users who left and are gone.</param>
/// <param name="TimedOut">Users whose connections were lost, and who are gone.</param>
/// <param name="States">What users who are there say of themselves now.</param>
/// <param name="Total">How many users there are.</param>
/// <param name="Omitted">How many changes had no room here; who-now tells all users.</param>
public sealed record PresenceInterval(
    string Channel, IReadOnlyList<string> Joined, IReadOnlyList<string> Left, IReadOnlyList<string> TimedOut,
    IReadOnlyList<StateChange> States, int Total, int Omitted) : PresenceEvent(Channel);
