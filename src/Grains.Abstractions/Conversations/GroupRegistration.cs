using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>Whether a gateway has sessions of members of a group; whose they are is the gateway's business.</summary>
/// <param name="Route">The head of the call.</param>
/// <param name="IsWanted">False when there are none any more.</param>
[GenerateSerializer, Immutable, Alias("im.GroupRegistration")]
public sealed record GroupRegistration(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] bool IsWanted)
{
    /// <summary>What both sides compare, see <see cref="RegistrationDigest"/>.</summary>
    public static long DigestOf(bool isWanted) => isWanted ? 1 : 0;
}
