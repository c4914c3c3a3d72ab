using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>All logins of a user on one gateway; none to withdraw. The epoch of the route is not looked at.</summary>
[GenerateSerializer, Immutable, Alias("im.UserRegistration")]
public sealed record UserRegistration(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] ImmutableArray<UserSession> Sessions)
{
    /// <summary>
    /// The digest that gateway and user grain compare: each session with its device, its channels, its subscriptions and
    /// where it is quietly.
    /// </summary>
    public static long DigestOf(IEnumerable<UserSession> sessions)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        var digest = new RegistrationDigest();
        foreach (var session in sessions)
        {
            // No channel has an empty name: it parts the kinds.
            digest.Add(session.Id, [
                session.Device.Value, .. Names(session.Channels), "", .. Names(session.Subscriptions),
                "", .. session.Quiet.Order(StringComparer.Ordinal),
            ]);
        }

        return digest.Value;
    }

    private static IEnumerable<string> Names(ImmutableArray<ChannelName> channels) =>
        channels.Select(channel => channel.Value).Order(StringComparer.Ordinal);
}
