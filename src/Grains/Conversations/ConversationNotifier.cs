using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Grains.Conversations;

/// <summary>Tells users that a conversation has got further: one call a user under way, what comes meanwhile is one more.</summary>
/// <remarks>A call that fails is not made again: the message is stored, and the next pull finds it.</remarks>
internal sealed class ConversationNotifier(
    ConversationKey conversation, Func<UserId, IUserGrain> users, Action<UserId, Exception> onFailed)
{
    private readonly Dictionary<UserId, Notice?> _waiting = [];

    /// <summary>Tells a user, soon.</summary>
    /// <param name="user">Whom.</param>
    /// <param name="seq">How far the conversation has got.</param>
    /// <param name="except">The session that wrote all of what is new; null when others have, too.</param>
    public void Tell(UserId user, long seq, SessionId? except)
    {
        if (_waiting.TryGetValue(user, out var waiting))
        {
            _waiting[user] = new(seq, waiting is { } other && other.Except != except ? null : except);
            return;
        }

        _ = TellAsync(user, new(seq, except));
    }

    private async Task TellAsync(UserId user, Notice notice)
    {
        _waiting[user] = null;
        while (true)
        {
            try
            {
                await users(user).NotifyOfConversationAsync(conversation, notice.Seq, notice.Except);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                onFailed(user, failure);
            }

            if (_waiting[user] is not { } next)
                break;
            _waiting[user] = null;
            notice = next;
        }

        _waiting.Remove(user);
    }

    private readonly record struct Notice(long Seq, SessionId? Except);
}
