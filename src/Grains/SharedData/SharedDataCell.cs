using Orleans.Storage;

namespace ImOrleans.Grains.SharedData;

/// <summary>How a write has ended.</summary>
internal enum WriteEnd
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>It is not stored, and will not be.</summary>
    NotStored,

    /// <summary>It may be stored, now or later: nothing may be shown before it was found out.</summary>
    Unknown,
}

/// <summary>
/// The state as far as it is certainly stored, which is all that anybody may be shown.
/// </summary>
/// <remarks>
/// <para>A write that fails may have been done all the same, or may still be done when it was given up for being slow.
/// Every write has an id of its own. After a failure the state is read again: the id tells whether the write is in it.
/// When it is not, the state is written over itself; then the late one, which was compared with an older version, can
/// never land. Only when that is done does the grain go on.</para>
/// <para>A write that was refused because somebody else has written needs no such thing: it was not done, and the state
/// that was read is the other's.</para>
/// </remarks>
internal sealed class SharedDataCell(IPersistentState<SharedDataState> stored, Func<string> nextWriteId)
{
    /// <summary>What is certainly stored.</summary>
    public SharedDataState Current { get; private set; } = stored.State;

    /// <summary>False when the last write may or may not be stored.</summary>
    public bool IsKnown { get; private set; } = true;

    /// <summary>True when <see cref="Current"/> was replaced by something that no write of a caller's made.</summary>
    public bool WasReplaced { get; private set; }

    /// <summary>Why the last write failed.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Stores what follows <see cref="Current"/>.</summary>
    public async Task<WriteEnd> WriteAsync(SharedDataState next)
    {
        next = next with { WriteId = nextWriteId() };
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
            Current = next;
            return WriteEnd.Stored;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Failure = failure;
            IsKnown = false;
        }

        if (!await LearnAsync(next))
            return WriteEnd.Unknown;
        return ReferenceEquals(Current, next) ? WriteEnd.Stored : WriteEnd.NotStored;
    }

    /// <summary>Finds out what is stored; false when that cannot be known now.</summary>
    public Task<bool> LearnAsync() => LearnAsync(null);

    /// <summary>Makes sure that what is shown is not behind what is stored; false when that cannot be known now.</summary>
    public async Task<bool> RefreshAsync()
    {
        try
        {
            await stored.ReadStateAsync();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Failure = failure;
            return false;
        }

        WasReplaced |= stored.State.WriteId != Current.WriteId;
        Current = stored.State;
        return true;
    }

    /// <summary>True once after <see cref="WasReplaced"/>.</summary>
    public bool TakeReplaced()
    {
        var wasReplaced = WasReplaced;
        WasReplaced = false;
        return wasReplaced;
    }

    private async Task<bool> LearnAsync(SharedDataState? awaited)
    {
        try
        {
            await stored.ReadStateAsync();
            var found = stored.State;
            if (awaited is not null && found.WriteId == awaited.WriteId)
            {
                (Current, IsKnown) = (awaited, true);
                return true;
            }

            var isSame = found.WriteId == Current.WriteId;
            if (awaited is null || Failure is not InconsistentStateException)
            {
                found = found with { WriteId = nextWriteId() };
                stored.State = found;
                await stored.WriteStateAsync();
            }

            WasReplaced |= !isSame;
            (Current, IsKnown) = (found, true);
            return true;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Failure = failure;
            return false;
        }
    }
}
