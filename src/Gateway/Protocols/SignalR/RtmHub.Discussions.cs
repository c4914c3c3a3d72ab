using ImOrleans.Domain.Conversations;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Gateway.Protocols.SignalR;

// Discussions.
internal sealed partial class RtmHub
{
    /// <summary>Members that a discussion is shown with. <b>Source:</b> row RC45.</summary>
    private const int ShownMembersMax = 10;

    public Task<Reply> CreateDiscussion(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var name = read.GroupName();

            // Its creator is one more.
            var others = read.Has("userIds") ? read.ChatUsers("userIds", ConversationLimits.MembersChangeMax - 1) : [];
            return read.Refusal is { } refusal
                ? refusal
                : Answer(
                    await groups.CreateDiscussionAsync(session.Calls, session.User, name, others),
                    id => new { discussionId = id.Value });
        },
        malformed: ErrorCode.BizErrorInvalidParameter);

    public Task<Reply> GetDiscussion(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var id = read.Group("discussionId");
            return read.Refusal is { } refusal
                ? refusal
                : Answer(
                    await groups.DescribeAsync(
                        session.Calls, ConversationKey.Discussion(id), new(session.User, null, ShownMembersMax)),
                    discussion => new
                    {
                        discussionId = id.Value,
                        name = discussion.Profile.Name,
                        creatorId = discussion.Profile.Creator?.Value,
                        userIds = discussion.Members.Select(member => member.User.Value),
                        memberCount = discussion.MembersTotal,
                        open = discussion.Profile.IsOpen,
                    });
        },
        malformed: ErrorCode.BizErrorInvalidParameter);

    public Task<Reply> AddDiscussionMembers(HubRequest request) => ChangeDiscussionAsync(
        request,
        (session, read) => new(session.User) { Joining = read.ChatUsers("userIds", ConversationLimits.MembersChangeMax) });

    public Task<Reply> RemoveDiscussionMember(HubRequest request) => ChangeDiscussionAsync(
        request, (session, read) => new(session.User) { Leaving = [read.ChatUser("userId")] });

    public Task<Reply> QuitDiscussion(HubRequest request) => ChangeDiscussionAsync(
        request, (session, _) => new(session.User) { Leaving = [session.User] });

    public Task<Reply> SetDiscussionName(HubRequest request) => ChangeDiscussionAsync(
        request, (session, read) => new(session.User) { Name = read.GroupName() });

    public Task<Reply> SetDiscussionInvite(HubRequest request) => ChangeDiscussionAsync(
        request,
        (session, read) =>
        {
            read.Require("open");
            return new(session.User) { IsOpen = read.Flag("open", true) };
        });

    private Task<Reply> ChangeDiscussionAsync(
        HubRequest request, Func<Session, RequestReader, ChangeGroupRequest> readChange) => CallAsync(
        request,
        async (session, read) =>
        {
            var id = read.Group("discussionId");
            var change = readChange(session, read);
            return read.Refusal is { } refusal
                ? refusal
                : Answer(await groups.ChangeAsync(session.Calls, ConversationKey.Discussion(id), change));
        },
        malformed: ErrorCode.BizErrorInvalidParameter);
}
