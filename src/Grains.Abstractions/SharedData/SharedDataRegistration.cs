using System.Collections.Immutable;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>
/// All sessions of a gateway that want something here; none to withdraw. The epoch of the route is not looked at.
/// </summary>
/// <param name="Route">The gateway's route.</param>
/// <param name="Sessions">The sessions.</param>
/// <param name="MetadataRevision">
/// The newest revision that all the gateway's watchers have been told; when there is a newer one, they get a snapshot.
/// </param>
[GenerateSerializer, Immutable, Alias("im.SharedDataRegistration")]
public sealed record SharedDataRegistration(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] ImmutableArray<SharedDataSession> Sessions,
    [property: Id(2)] long MetadataRevision)
{
    /// <summary>The digest that gateway and grain compare: each session with all that it wants and has.</summary>
    public static long DigestOf(IEnumerable<SharedDataSession> sessions)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        var digest = new RegistrationDigest();
        foreach (var session in sessions)
            digest.Add(session.Session, [.. Names(session)]);
        return digest.Value;
    }

    private static IEnumerable<string> Names(SharedDataSession session)
    {
        if (session.WantsMetadata)
            yield return "m";
        if (session.WantsLocks)
            yield return "l";
        foreach (var name in session.Holding.Select(held => $"h:{held.FencingToken}:{held.Name}").Order(StringComparer.Ordinal))
            yield return name;
        foreach (var name in session.Waiting.Select(awaited => $"w:{awaited.Name}").Order(StringComparer.Ordinal))
            yield return name;
    }
}
