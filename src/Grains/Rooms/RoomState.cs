using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.Rooms;

/// <summary>What a room knows. Nothing is stored: gateways vouch for it, and state it anew when it is lost.</summary>
/// <remarks>
/// <see cref="Users"/> and <see cref="Topics"/> follow from the members; only <see cref="RoomRules"/> changes them.
/// </remarks>
internal sealed class RoomState
{
    public SessionTable<RoomMembership> Members { get; } = new();

    /// <summary>How many sessions each user has here.</summary>
    public Dictionary<UserId, int> Users { get; } = [];

    /// <summary>
    /// The topics that have a publisher; in each the users, in order of joining, with their sessions' count.
    /// </summary>
    public OrderedDictionary<TopicName, OrderedDictionary<UserId, int>> Topics { get; } = [];
}

/// <summary>One session in a channel.</summary>
internal sealed class RoomMembership(SessionId session, UserId user)
{
    public SessionId Session { get; } = session;

    public UserId User { get; } = user;

    /// <summary>When the token for the channel ends; null when the login token served.</summary>
    public DateTimeOffset? TokenExpiresAt { get; private set; }

    /// <summary>True when the coming end of the present token was told.</summary>
    public bool IsWarned { get; set; }

    /// <summary>How long it stays when its gateway is lost; null: it goes with its gateway.</summary>
    public TimeSpan? Timeout { get; set; }

    public HashSet<TopicName> PublishedTopics { get; } = [];

    public HashSet<TopicName> SubscribedTopics { get; } = [];

    /// <summary>When something is to be done about the token.</summary>
    public DateTimeOffset? TokenDueAt => IsWarned ? TokenExpiresAt : TokenExpiresAt - RtmLimits.TokenWarning;

    /// <summary>Moves the end of the token; another end is another token, of which a warning is due again.</summary>
    public void SetToken(DateTimeOffset? expiresAt)
    {
        if (expiresAt == TokenExpiresAt)
            return;
        TokenExpiresAt = expiresAt;
        IsWarned = false;
    }

    public RoomMember ToMember() =>
        new(Session, User, TokenExpiresAt, [.. PublishedTopics], [.. SubscribedTopics]);
}
