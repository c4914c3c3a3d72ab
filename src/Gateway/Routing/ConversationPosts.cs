using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Gateway.Routing;

/// <summary>What sessions are told of conversations, each by its <see cref="SessionInbox"/>.</summary>
/// <remarks><b>Cost:</b> what is the same for all members of a group is one event, encoded once.</remarks>
internal sealed class ConversationPosts(AckTokens tokens)
{
    /// <summary>Gives a push to sessions; how many of them are told anything.</summary>
    public int Dispatch(ConversationPush push, IReadOnlyCollection<Session> sessions, FanOut fanOut)
    {
        var whole = new Dictionary<UserId, (List<Session> Sessions, List<long> Connections)>();
        var told = new List<Session>();
        var reached = 0;
        string? token = null;
        foreach (var session in sessions)
        {
            var verdict = session.Inbox.Take(push);
            if (verdict.Kind == PushVerdictKind.None)
                continue;
            reached++;
            switch (verdict.Kind)
            {
                case PushVerdictKind.Notice:
                    told.Add(session);
                    break;
                case PushVerdictKind.Part:
                    fanOut.Post([session], [verdict.Connection], PartFor(session, push, verdict));
                    break;
                default:
                    var viewer = ViewerOf(push, session.User);
                    if (!whole.TryGetValue(viewer, out var same))
                        whole.Add(viewer, same = ([], []));
                    same.Sessions.Add(session);
                    same.Connections.Add(verdict.Connection);
                    break;
            }
        }

        foreach (var (viewer, same) in whole)
            fanOut.Post(
                [.. same.Sessions], [.. same.Connections], WholeFor(push, viewer, token ??= TokenFor(push, push.Seq)));
        if (told.Count > 0)
            fanOut.Post([.. told], new ConversationNoticeEvent(push.Conversation, told[0].User));
        return reached;
    }

    /// <summary>Tells one session, over its connection or none.</summary>
    public void Post(Session session, ConversationPush push, PushVerdict verdict)
    {
        if (verdict.Kind == PushVerdictKind.Notice)
            session.Outbox.Post(new ConversationNoticeEvent(push.Conversation, session.User));
        else if (verdict.Kind == PushVerdictKind.Part)
            session.Outbox.Post(PartFor(session, push, verdict), verdict.Connection);
        else
            session.Outbox.Post(WholeFor(push, session.User, TokenFor(push, push.Seq)), verdict.Connection);
    }

    /// <summary>Something may have been missed, it is not known where: sessions have to pull.</summary>
    /// <remarks>That may be that the user has left a group, too: the pull finds that the groups are others.</remarks>
    public static void Disturb(IEnumerable<Session> sessions, FanOut fanOut, bool groups = false)
    {
        Session[] told = [.. sessions.Where(session => session.Inbox.Disturb(groups))];
        if (told.Length > 0)
            fanOut.Post(told, new ConversationNoticeEvent(null, told[0].User));
    }

    /// <remarks>Its token stands for what it has, and not for what the session wrote itself behind that.</remarks>
    private ConversationMessagesEvent PartFor(Session session, ConversationPush push, PushVerdict verdict) =>
        new(push.Conversation, session.User, verdict.Messages, TokenFor(push, verdict.Messages[^1].Seq));

    private static ConversationMessagesEvent WholeFor(ConversationPush push, UserId viewer, string token) =>
        new(push.Conversation, viewer, [.. push.Messages.Select(one => one.Message)], token);

    /// <summary>Members of a group see the same, but for those who sent some of it.</summary>
    private static UserId ViewerOf(ConversationPush push, UserId user)
    {
        if (push.Conversation.Type is not (ConversationType.Group or ConversationType.Discussion))
            return user;
        foreach (var message in push.Messages)
            if (message.Message.Message.Sender == user)
                return user;
        return default;
    }

    private string TokenFor(ConversationPush push, long seq) => tokens.Write(new(push.Conversation, seq));
}
