using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Grains.Groups;

/// <summary>Tells users that they are in a group from now on, some at a time, behind the answer to who took them in.</summary>
/// <remarks>
/// Nothing depends on it but how soon their sessions hear of messages: a call that fails is not made again, and whoever finds
/// no room in the line is not told.
/// </remarks>
internal sealed class NewMembers(
    ConversationKey key, IMessageLog log, Func<UserId, IUserGrain> users, Action<UserId, Exception> onFailed)
{
    /// <summary>Users who may wait to be told.</summary>
    internal const int WaitingMax = 10_000;

    private const int CallsMax = 16;

    private readonly Queue<(UserId User, long AfterSeq)> _waiting = new();
    private int _running;

    /// <summary>Tells those of <paramref name="joined"/> who were no members before, soon.</summary>
    /// <param name="joined">Who was taken in.</param>
    /// <param name="headSeq">How far the group had got then: who is in it from earlier on was there.</param>
    public void Tell(IEnumerable<UserId> joined, long headSeq)
    {
        foreach (var user in joined)
        {
            if (_waiting.Count == WaitingMax)
                return;
            _waiting.Enqueue((user, headSeq));
            if (_running < CallsMax)
                _ = RunAsync();
        }
    }

    private async Task RunAsync()
    {
        _running++;
        while (_waiting.TryDequeue(out var next))
            try
            {
                if (await log.ReadEntryAsync(next.User, key) is { LeftSeq: null } entry && entry.JoinedSeq >= next.AfterSeq)
                    await users(next.User).TellJoinedAsync(key, entry.JoinedSeq);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                onFailed(next.User, failure);
            }

        _running--;
    }
}
