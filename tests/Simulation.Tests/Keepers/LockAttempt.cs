using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Simulation.Tests;

/// <summary>What a keeper asks of a lock, or of all of a channel.</summary>
internal enum LockWish
{
    Set,
    Remove,
    Acquire,

    /// <summary>Of the owner's own, or of another's: a revocation.</summary>
    Release,

    /// <summary>The channel, in order: with the last session of a user go the user's locks.</summary>
    Leave,
}

/// <summary>One call about locks.</summary>
internal sealed class LockAttempt(
    string by, LockWish wish, LockName? name, UserId user, long begunAt, DateTimeOffset begunOn)
{
    /// <summary>How long a call may have an effect after its caller has given it up.</summary>
    private static readonly TimeSpan Lingering = TimeSpan.FromSeconds(30);

    /// <summary>The visit that called.</summary>
    public string By => by;

    public LockWish Wish => wish;

    public LockName? Name => name;

    /// <summary>Who is to get it, or to lose it.</summary>
    public UserId User => user;

    public long BegunAt => begunAt;

    public Answer Answer { get; set; }

    /// <summary>True when it may have its effect just now.</summary>
    public bool MayActAt(DateTimeOffset now) =>
        Answer == Answer.Open || ((Answer == Answer.Unknown || wish == LockWish.Leave) && now < begunOn + Lingering);

    public override string ToString() => $"{by}'s {wish}";
}
