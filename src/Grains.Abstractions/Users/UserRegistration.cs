using System.Collections.Immutable;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>All logins of a user on one gateway; none to withdraw. The epoch of the route is not looked at.</summary>
[GenerateSerializer, Immutable, Alias("im.UserRegistration")]
public sealed record UserRegistration(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] ImmutableArray<UserSession> Sessions)
{
    /// <summary>
    /// The digest that gateway and user grain compare: each session with its device and its channels.
    /// </summary>
    public static long DigestOf(IEnumerable<UserSession> sessions)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        var digest = new RegistrationDigest();
        foreach (var session in sessions)
        {
            string[] channels = [.. session.Channels.Select(channel => channel.Value).Order(StringComparer.Ordinal)];
            digest.Add(session.Id, [session.Device.Value, .. channels]);
        }

        return digest.Value;
    }
}
