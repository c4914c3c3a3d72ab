using System.Collections.Immutable;

namespace ImOrleans.Grains.Storing;

/// <summary>
/// The state as far as it is certainly stored, which is all that anybody may be shown.
/// </summary>
/// <remarks>
/// <para>A write that fails may have been done all the same, or may still be done when it was given up for being slow. So
/// the state is read again. Each has the ids of the last writes that led to it. When the failed one is among them, it was
/// done, whoever has written since. When nothing was written, the state is written over itself: then the late one, which
/// was compared with an older version, can never land. When others have written, it cannot land either. Only when one of
/// these is certain does the grain go on.</para>
/// </remarks>
internal sealed class StateCell<TState>(IPersistentState<TState> stored, Func<string> nextWriteId)
    where TState : class, ISignedState<TState>
{
    /// <summary>
    /// How many writes a state remembers. Of a write that more others than this have followed at once it is not known
    /// whether it was done.
    /// </summary>
    private const int WritesMax = 8;

    /// <summary>What is certainly stored.</summary>
    public TState Current { get; private set; } = stored.State;

    /// <summary>False when something that was begun may still be stored: nothing may be shown before that was found out.</summary>
    public bool IsKnown { get; private set; } = true;

    /// <summary>True when <see cref="Current"/> was replaced by something that no write of a caller's made.</summary>
    public bool WasReplaced { get; private set; }

    /// <summary>Why the last operation failed.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Stores what follows <see cref="Current"/>.</summary>
    public async Task<WriteEnd> WriteAsync(TState next)
    {
        next = Sign(next);
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

        var before = Current;
        if (!await LearnAsync(next))
            return WriteEnd.Unknown;
        if (Current.Writes.Contains(WriteIdOf(next)))
            return WriteEnd.Stored;
        // All that was written since is known when it goes back to where this began, or to the very first.
        return Current.Writes.Contains(WriteIdOf(before)) || Current.Writes.Length < WritesMax ? WriteEnd.NotStored : WriteEnd.Unknown;
    }

    /// <summary>
    /// Finds out what is stored, and lets nobody write on the ground of anything older; false when that cannot be known now.
    /// </summary>
    public Task<bool> LearnAsync()
    {
        IsKnown = false;
        return LearnAsync(null);
    }

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

        WasReplaced |= WriteIdOf(stored.State) != WriteIdOf(Current);
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

    private async Task<bool> LearnAsync(TState? awaited)
    {
        try
        {
            await stored.ReadStateAsync();
            var found = stored.State;
            if (WriteIdOf(found) == WriteIdOf(Current))
            {
                found = Sign(found);
                stored.State = found;
                await stored.WriteStateAsync();
            }
            else
            {
                WasReplaced |= awaited is null || WriteIdOf(found) != WriteIdOf(awaited);
            }

            (Current, IsKnown) = (found, true);
            return true;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Failure = failure;
            return false;
        }
    }

    private TState Sign(TState next)
    {
        ImmutableArray<string> writes = next.Writes.Length < WritesMax ? next.Writes : next.Writes[^(WritesMax - 1)..];
        return next.SignedBy(writes.Add(nextWriteId()));
    }

    /// <summary>The write that stored it; empty before the first.</summary>
    private static string WriteIdOf(TState state) => state.Writes.IsEmpty ? "" : state.Writes[^1];
}
