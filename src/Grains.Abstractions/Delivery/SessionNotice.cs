using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>Something that happened to one session.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Session">The session that is told.</param>
/// <param name="Kind">What happened.</param>
/// <param name="ExpiresAt">When the token ends; null for a kick.</param>
[GenerateSerializer, Immutable, Alias("im.SessionNotice")]
public sealed record SessionNotice(
    long Sequence,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] SessionNoticeKind Kind,
    [property: Id(3)] DateTimeOffset? ExpiresAt) : DeliveryItem(Sequence);
