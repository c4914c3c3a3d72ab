using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.Topics;

/// <summary>What a topic knows. Nothing is stored: gateways vouch for it, and state it anew when it is lost.</summary>
/// <remarks>
/// <see cref="Publishers"/> and <see cref="Interest"/> follow from the sessions; only <see cref="TopicRules"/> changes
/// them.
/// </remarks>
internal sealed class TopicState
{
    /// <summary>The sessions that publish, follow, or both.</summary>
    public SessionTable<TopicSession> Sessions { get; } = new();

    /// <summary>The users that publish, in order of joining, with the count of their sessions.</summary>
    public OrderedDictionary<UserId, int> Publishers { get; } = [];

    /// <summary>
    /// For each followed user, published yet or not: the gateways that want it, with the count of followers.
    /// </summary>
    public Dictionary<UserId, Dictionary<GatewayId, int>> Interest { get; } = [];

    /// <summary>Changes whenever a gateway begins or ceases to want a user.</summary>
    public int InterestVersion { get; set; }
}

/// <summary>What one session has in a topic.</summary>
internal sealed class TopicSession(SessionId id)
{
    public SessionId Id { get; } = id;

    /// <summary>The role as a publisher; null when it is none.</summary>
    public TopicPublisher? Publisher { get; set; }

    /// <summary>The number of its last message; see <see cref="PublishTopicRequest"/>.</summary>
    public long LastNumber { get; set; }

    /// <summary>Whom it follows, in the order in which they were added.</summary>
    public OrderedDictionary<UserId, bool> Followed { get; } = [];

    public bool IsEmpty => Publisher is null && Followed.Count == 0;
}
