namespace ImOrleans.Domain.Limits;

/// <summary>The limits of metadata and locks that clients rely on and that no option changes.</summary>
/// <remarks><b>Source:</b> the feature row named at each constant; those without one are this server's own.</remarks>
public static class SharedDataLimits
{
    /// <summary>Characters of a metadata key (R37).</summary>
    public const int KeyLengthMax = 32;

    /// <summary>Bytes of UTF-8 of one metadata value (R37).</summary>
    public const int ValueBytesMax = 16 * 1024;

    /// <summary>Bytes of UTF-8 of all keys and values of one channel or user (R37).</summary>
    public const int MetadataBytesMax = 16 * 1024;

    /// <summary>Users whose metadata one client is subscribed to (R41).</summary>
    public const int WatchedUsersMax = 100;

    /// <summary>Locks of one channel (R32).</summary>
    public const int LocksMax = 32;

    /// <summary>Sessions that wait for one lock.</summary>
    public const int LockWaitersMax = 1000;

    /// <summary>
    /// Channels and users that one client watches or has a lock of: all that it can join and subscribe, and some more.
    /// </summary>
    public const int TargetsPerClientMax = 300;

    /// <summary>The shortest time that a lock outlives its owner's going away; less is taken for this (R32).</summary>
    public static readonly TimeSpan LockTtlMin = TimeSpan.FromSeconds(10);

    /// <summary>The longest time that a lock outlives its owner's going away; more is taken for this (R32).</summary>
    public static readonly TimeSpan LockTtlMax = TimeSpan.FromSeconds(300);
}
