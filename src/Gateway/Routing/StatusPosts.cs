using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Gateway.Routing;

/// <summary>Who of the sessions of a route gets a status message.</summary>
internal static class StatusPosts
{
    /// <summary>
    /// Posts it to the sessions that are connected and meant, but the one that wrote it: once encoded for its sender's own,
    /// once for all others. The number of sessions.
    /// </summary>
    /// <param name="status">The message.</param>
    /// <param name="sessions">Those of one user, or of members of a group.</param>
    /// <param name="fanOut">Where to.</param>
    public static int Post(ConversationStatus status, IEnumerable<Session> sessions, FanOut fanOut)
    {
        var (message, writer) = status.Message;
        var meant = sessions.Where(session =>
            session.Connection is not null && session.Id != writer && message.Message.IsFor(session.User));
        return meant.GroupBy(session => session.User == message.Message.Sender).Sum(side => fanOut.Post(
            [.. side], new ConversationStatusEvent(status.Conversation, side.First().User, message)));
    }
}
