using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Grains.Conversations;

/// <summary>
/// Tells the users of a private conversation what was stored: one call a user under way, what comes meanwhile is one more.
/// </summary>
/// <remarks>
/// A call that fails is not made again, and where too much gathers only that it is there is told: the messages are stored,
/// and who misses them finds so.
/// </remarks>
internal sealed class ConversationNotifier(Func<UserId, IUserGrain> users, Action<UserId, Exception> onFailed)
{
    /// <summary>Messages that wait for one user at most.</summary>
    private const int MessagesMax = 256;

    private readonly Dictionary<UserId, ConversationPush?> _waiting = [];

    /// <summary>Tells a user, soon.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="push">What was stored.</param>
    public void Tell(UserId user, ConversationPush push)
    {
        if (_waiting.TryGetValue(user, out var waiting))
            _waiting[user] = waiting is null ? push : Join(waiting, push);
        else
            _ = TellAsync(user, push);
    }

    private async Task TellAsync(UserId user, ConversationPush push)
    {
        _waiting[user] = null;
        while (true)
        {
            try
            {
                await users(user).PushAsync(push);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                onFailed(user, failure);
            }

            if (_waiting[user] is not { } next)
                break;
            _waiting[user] = null;
            push = next;
        }

        _waiting.Remove(user);
    }

    private static ConversationPush Join(ConversationPush first, ConversationPush next)
    {
        var isWhole = first.Messages.Length > 0 && next.Messages.Length > 0 && first.Seq == next.PreviousSeq
            && first.Messages.Length + next.Messages.Length <= MessagesMax
            && first.Bytes + next.Bytes <= ConversationLimits.PageBytesMax;
        return first with
        {
            Seq = next.Seq,
            Messages = isWhole ? first.Messages.AddRange(next.Messages) : ImmutableArray<PushedMessage>.Empty,
        };
    }
}
