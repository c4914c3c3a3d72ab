using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Storing;

namespace ImOrleans.Grains.Inboxes;

/// <summary>
/// The settings of one user, as far as they are certainly stored. Reads may come while a change is under way, and get what
/// was stored before; changes come one after the other.
/// </summary>
internal sealed class InboxSettings(StateCell<InboxState> cell)
{
    private Task<WriteEnd>? _changing;
    private Task<bool>? _learning;

    /// <summary>Why the last operation failed.</summary>
    public Exception? Failure => cell.Failure;

    /// <summary>The settings; null when it is not certain what is stored.</summary>
    public async Task<InboxState?> ReadAsync()
    {
        while (!cell.IsKnown)
        {
            // A change that has failed finds out by itself what is stored; two must not do so at once.
            if (_changing is { } changing)
                await changing;
            else if (!await (_learning ??= LearnAsync()))
                return null;
        }

        return cell.Current;
    }

    /// <summary>Stores what <paramref name="decide"/> makes of the settings.</summary>
    /// <param name="decide">Yields the same settings when there is nothing to do.</param>
    /// <param name="failed">The code when the settings cannot be read or written.</param>
    public async Task<Outcome<Done>> ChangeAsync(Func<InboxState, Outcome<InboxState>> decide, ErrorCode failed)
    {
        if (await ReadAsync() is null)
            return failed;
        var decided = decide(cell.Current);
        if (decided.IsAccepted && decided.Value == cell.Current)
        {
            // Nothing is written for it, so it is read whether there still is nothing to do: another activation may have
            // written meanwhile.
            if (!await cell.RefreshAsync())
                return failed;
            decided = decide(cell.Current);
        }

        if (!decided.IsAccepted)
            return decided.WithoutValue();
        if (decided.Value == cell.Current)
            return default(Done);
        _changing = cell.WriteAsync(decided.Value);
        try
        {
            return await _changing == WriteEnd.Stored ? default(Done) : failed;
        }
        finally
        {
            _changing = null;
        }
    }

    private async Task<bool> LearnAsync()
    {
        try
        {
            return await cell.LearnAsync();
        }
        finally
        {
            _learning = null;
        }
    }
}
