using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Sessions;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>What a gateway knows of one login.</summary>
/// <param name="Id">The login.</param>
/// <param name="Device">The device it came from; one login a device.</param>
/// <param name="TokenExpiresAt">The end of the login token.</param>
/// <param name="Channels">The stream channels that it has joined.</param>
[GenerateSerializer, Immutable, Alias("im.UserSession")]
public sealed record UserSession(
    [property: Id(0)] SessionId Id,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] DateTimeOffset TokenExpiresAt,
    [property: Id(3)] ImmutableArray<ChannelName> Channels)
{
    /// <summary>The message channels that it is subscribed to.</summary>
    [Id(4)]
    public ImmutableArray<ChannelName> Subscriptions { get; init; } = [];

    /// <summary>The grain keys of those channels where it is quietly: where-now does not tell of them.</summary>
    [Id(5)]
    public ImmutableArray<string> Quiet { get; init; } = [];

    /// <summary>The session that it goes on for: the two of one device are side by side until that one has ended.</summary>
    [Id(6)]
    public SessionId? Replaces { get; init; }

    /// <summary>
    /// How long it stays when its gateway is lost, for its client to come back elsewhere; null: it goes with its gateway.
    /// </summary>
    [Id(7)]
    public TimeSpan? Timeout { get; init; }

    /// <summary>What is kept of it for that; null when its client cannot come back to it.</summary>
    [Id(8)]
    public SessionRecord? Record { get; init; }

    /// <summary>The kind of its device.</summary>
    [Id(9)]
    public DeviceClass Class { get; init; }
}
