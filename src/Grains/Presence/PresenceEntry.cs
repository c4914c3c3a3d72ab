using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Presence;

/// <summary>One user that is in a channel, or has left it a moment ago. Only <see cref="PresenceBook"/> changes it.</summary>
internal sealed class PresenceEntry(UserId user, long place)
{
    public static Comparer<PresenceEntry> ByPlace { get; } =
        Comparer<PresenceEntry>.Create((one, other) => one.Place.CompareTo(other.Place));

    public UserId User { get; } = user;

    /// <summary>Counts the users that came, so that pages go on where the last one ended.</summary>
    public long Place { get; } = place;

    /// <summary>Sessions of the user that are there; none while it lingers.</summary>
    public int Sessions { get; set; } = 1;

    public PresenceState State { get; set; } = PresenceState.None;

    /// <summary>When others are told that the user has gone; null while it is there.</summary>
    public DateTimeOffset? LingersUntil { get; set; }

    /// <summary>How its last session ended.</summary>
    public PresenceEnd End { get; set; }
}
