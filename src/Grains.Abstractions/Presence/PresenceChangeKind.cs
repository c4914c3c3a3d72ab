namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>What a <see cref="PresenceChanged"/> tells.</summary>
[GenerateSerializer, Alias("im.PresenceChangeKind")]
public enum PresenceChangeKind
{
    /// <summary>The user is there, with its first session.</summary>
    Joined = 1,

    /// <summary>The user is gone, with its last session.</summary>
    Left = 2,

    /// <summary>The user is gone: its last session was lost and did not come back in time.</summary>
    TimedOut = 3,

    /// <summary>The user says something else of itself.</summary>
    StateChanged = 4,
}
