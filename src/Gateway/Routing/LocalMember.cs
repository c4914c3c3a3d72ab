using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Routing;

/// <summary>
/// One local session in a channel, as the room has confirmed it. Guarded by the gate of the room's route.
/// </summary>
internal sealed record LocalMember(Session Session)
{
    private static readonly Comparer<TopicName> ByName =
        Comparer<TopicName>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value));

    /// <summary>When its token for this channel ends; null when the login token served.</summary>
    public DateTimeOffset? TokenExpiresAt { get; set; }

    /// <summary>Its part in the channel's presence.</summary>
    public MemberPresence Presence { get; set; } = MemberPresence.Default;

    /// <summary>Where it publishes.</summary>
    public SortedSet<TopicName> Published { get; } = new(ByName);

    /// <summary>Where it follows publishers.</summary>
    public SortedSet<TopicName> Subscribed { get; } = new(ByName);
}
