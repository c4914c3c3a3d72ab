using System.Collections.Immutable;
using System.Globalization;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.MessageChannels;

/// <summary>
/// All subscriptions to a message channel on one gateway; none to withdraw. The epoch of the route is not looked at.
/// </summary>
[GenerateSerializer, Immutable, Alias("im.MessageChannelRegistration")]
public sealed record MessageChannelRegistration(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] ImmutableArray<ChannelSubscription> Subscriptions)
{
    /// <summary>The digest that gateway and channel compare: each session with its feeds, and whether it is seen.</summary>
    public static long DigestOf(IEnumerable<ChannelSubscription> subscriptions)
    {
        ArgumentNullException.ThrowIfNull(subscriptions);
        var digest = new RegistrationDigest();
        foreach (var subscription in subscriptions)
            digest.Add(
                subscription.Session,
                subscription.User.Value, ((int)subscription.Feeds).ToString(CultureInfo.InvariantCulture),
                subscription.Presence.IsQuiet ? "quiet" : "");
        return digest.Value;
    }
}
