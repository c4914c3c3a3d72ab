namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>One session's part in the presence of a channel.</summary>
/// <param name="WantsEvents">Whether it is told who comes and goes.</param>
/// <param name="IsQuiet">Whether it is there without anybody being told.</param>
/// <param name="State">
/// What its user says of itself there. Of a session that enters: what it has said before, without a stamp.
/// </param>
[GenerateSerializer, Immutable, Alias("im.MemberPresence")]
public sealed record MemberPresence(
    [property: Id(0)] bool WantsEvents,
    [property: Id(1)] bool IsQuiet,
    [property: Id(2)] PresenceState State)
{
    /// <summary>
    /// How long the session stays when its gateway is lost, for its client to come back elsewhere; null: it goes with its
    /// gateway.
    /// </summary>
    [Id(3)]
    public TimeSpan? Timeout { get; init; }

    /// <summary>Visible, without a state, and told of nobody.</summary>
    public static MemberPresence Default { get; } = new(false, false, PresenceState.None);

    /// <summary>With another state of its user, when that is later than this one.</summary>
    public MemberPresence With(PresenceState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return IsQuiet || state.Stamp <= State.Stamp ? this : this with { State = state };
    }
}
