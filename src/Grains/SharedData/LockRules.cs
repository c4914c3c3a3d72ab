using System.Collections.Immutable;
using System.Globalization;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Locks;

namespace ImOrleans.Grains.SharedData;

/// <summary>What can be done with the locks of a channel, and what it makes of what is stored.</summary>
internal static class LockRules
{
    public static LockDetail? Find(SharedDataState state, LockName name) =>
        state.Locks.FirstOrDefault(detail => detail.Name == name);

    /// <summary>Makes a free lock.</summary>
    public static Outcome<LockDecision> Set(SharedDataState state, LockName name, long ttlSeconds)
    {
        if (Find(state, name) is not null)
            return new Refusal(ErrorCode.LockAlreadyExist, $"There is a lock '{name}' already.");
        if (state.Locks.Length >= SharedDataLimits.LocksMax)
            return new Refusal(ErrorCode.LockOperationFailed, string.Create(
                CultureInfo.InvariantCulture, $"A channel has at most {SharedDataLimits.LocksMax} locks."));
        var ttl = Math.Clamp(
            ttlSeconds, (long)SharedDataLimits.LockTtlMin.TotalSeconds, (long)SharedDataLimits.LockTtlMax.TotalSeconds);
        var made = new LockDetail(name, (int)ttl);
        return new LockDecision(
            state with { LockRevision = state.LockRevision + 1, Locks = state.Locks.Add(made) },
            [new(LockChangeKind.Set, made)]);
    }

    /// <summary>Takes a lock away, whoever has it.</summary>
    public static Outcome<LockDecision> Remove(SharedDataState state, LockName name)
    {
        if (Find(state, name) is not { } removed)
            return NotThere(name);
        return new LockDecision(
            state with { LockRevision = state.LockRevision + 1, Locks = state.Locks.Remove(removed) },
            [new(LockChangeKind.Removed, removed, removed.FencingToken)]);
    }

    /// <summary>Gives a free lock to a user, with a token that is greater than all before.</summary>
    public static LockDecision Grant(SharedDataState state, LockDetail free, UserId user)
    {
        var token = state.LastFencingToken + 1;
        var owned = free with { Owner = user, FencingToken = token };
        return new(
            Replace(state, free, owned) with { LastFencingToken = token },
            [new(LockChangeKind.Acquired, owned)]);
    }

    /// <summary>Says whether a user may give a lock back, or it may be taken from that user.</summary>
    public static Outcome<LockDetail> CheckRelease(SharedDataState state, LockName name, UserId owner)
    {
        if (Find(state, name) is not { } detail)
            return NotThere(name);
        return detail.Owner == owner
            ? detail
            : new Refusal(ErrorCode.LockNotAcquired, $"{owner} does not have the lock '{name}'.");
    }

    /// <summary>Takes a lock from its owner and gives it to the next, if there is one, in one write.</summary>
    public static LockDecision Free(SharedDataState state, LockDetail owned, LockChangeKind kind, UserId? next)
    {
        var free = owned with { Owner = null, FencingToken = 0 };
        var freed = Replace(state, owned, free);
        var change = new LockChange(kind, free, owned.FencingToken);
        if (next is not { } user)
            return new(freed, [change]);
        var granted = Grant(freed, free, user);
        return granted with { Changes = [change, .. granted.Changes] };
    }

    public static Refusal NotThere(LockName name) => new(ErrorCode.LockNotExist, $"There is no lock '{name}'.");

    private static SharedDataState Replace(SharedDataState state, LockDetail old, LockDetail now) =>
        state with { LockRevision = state.LockRevision + 1, Locks = state.Locks.Replace(old, now) };
}

/// <summary>What is to be stored, and what everybody is told when it is: a change for each revision.</summary>
internal sealed record LockDecision(SharedDataState Next, ImmutableArray<LockChange> Changes);
