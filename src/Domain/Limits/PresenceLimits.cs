namespace ImOrleans.Domain.Limits;

/// <summary>The limits of presence that clients rely on and that no option changes.</summary>
/// <remarks>
/// <b>Source:</b> feature rows R44 to R48. The sizes of keys and values are our own: with them the largest snapshot, of
/// 128 users, stays below the room that one client's waiting line has.
/// </remarks>
public static class PresenceLimits
{
    /// <summary>Pairs of one user's state in one channel (R48).</summary>
    public const int StatePairsMax = 32;

    /// <summary>Bytes of UTF-8 of a state's key.</summary>
    public const int StateKeyBytesMax = 64;

    /// <summary>Bytes of UTF-8 of a state's value.</summary>
    public const int StateValueBytesMax = 1024;

    /// <summary>Bytes of all keys and values of one user's state in one channel.</summary>
    public const int StateBytesMax = 4096;

    /// <summary>Channels for which one session can have a state before it is in them (R48).</summary>
    public const int CachedChannelsMax = 100;

    /// <summary>Users on one page of who-now (R46).</summary>
    public const int PageUsersMax = 100;

    /// <summary>Users in a snapshot of a channel in interval mode.</summary>
    public const int SnapshotUsersMax = 100;

    /// <summary>Users that one interval event names.</summary>
    public const int IntervalUsersMax = 500;

    /// <summary>Bytes of the states that one interval event tells.</summary>
    public const int IntervalStateBytesMax = 64 * 1024;
}
