namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>A session takes part in the presence of a channel.</summary>
/// <param name="State">What its user says of itself there; the gateway vouches for it from now on.</param>
/// <param name="View">Who is there; null when the session does not want to be told.</param>
[GenerateSerializer, Immutable, Alias("im.PresenceEntered")]
public sealed record PresenceEntered(
    [property: Id(0)] PresenceState State,
    [property: Id(1)] PresenceView? View)
{
    /// <summary>A session that is told nothing and has said nothing.</summary>
    public static PresenceEntered Nothing { get; } = new(PresenceState.None, null);
}
