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

    private readonly Queue<UserId> _waiting = new();
    private int _running;

    /// <summary>Tells those of <paramref name="joined"/> who are members, soon. To who was one before it is no news.</summary>
    public void Tell(IEnumerable<UserId> joined)
    {
        foreach (var user in joined)
        {
            if (_waiting.Count == WaitingMax)
                return;
            _waiting.Enqueue(user);
            if (_running < CallsMax)
                _ = RunAsync();
        }
    }

    private async Task RunAsync()
    {
        _running++;
        while (_waiting.TryDequeue(out var user))
            try
            {
                if (await log.ReadEntryAsync(user, key) is { LeftSeq: null } entry)
                    await users(user).TellJoinedAsync(key, entry.JoinedSeq);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                onFailed(user, failure);
            }

        _running--;
    }
}
