namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>Why a session is in a channel no more; it decides what others are told of its user.</summary>
[GenerateSerializer, Alias("im.PresenceEnd")]
public enum PresenceEnd
{
    /// <summary>Its client left, logged out, or was made to leave.</summary>
    Left = 1,

    /// <summary>Its connection or its gateway was lost, and it has not come back in time.</summary>
    TimedOut = 2,
}
