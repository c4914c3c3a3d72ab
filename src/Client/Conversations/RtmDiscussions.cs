using ImOrleans.Client.Wire;

namespace ImOrleans.Client;

/// <summary>Discussions: users who invite each other. Their messages go by <see cref="RtmConversations"/>.</summary>
/// <remarks>
/// <b>Errors:</b> 20407: there is no such discussion; 21406: this user is not in it; 24015: not done, or not known;
/// 33003: a parameter is wrong. All changes but <see cref="CreateAsync"/> may be made again.
/// </remarks>
public sealed class RtmDiscussions
{
    private readonly ChannelRegistry _registry;

    internal RtmDiscussions(ChannelRegistry registry) => _registry = registry;

    /// <summary>Makes a discussion of this user and others, and yields its id.</summary>
    /// <param name="name">1 to 64 characters.</param>
    /// <param name="userIds">The others: at most 999.</param>
    /// <param name="cancellationToken">Takes the call back unless it was sent already.</param>
    /// <remarks>A call that is made again makes another one.</remarks>
    /// <exception cref="RtmException">21408: more members than there may be; 24015, 33003.</exception>
    public async Task<string> CreateAsync(
        string name, IReadOnlyList<string> userIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(userIds);
        var request = new { name, userIds = userIds.Count == 0 ? null : userIds };
        var reply = await _registry.CallAsync("CreateDiscussion", request, cancellationToken).ConfigureAwait(false);
        return reply.Data.GetProperty("discussionId").GetString()!;
    }

    /// <summary>What is known of a discussion.</summary>
    public async Task<Discussion> GetAsync(string discussionId, CancellationToken cancellationToken = default)
    {
        var reply = await CallAsync("GetDiscussion", discussionId, new { discussionId }, cancellationToken).ConfigureAwait(false);
        return new(
            reply.Data.GetProperty("discussionId").GetString()!,
            reply.Data.GetProperty("name").GetString()!,
            reply.Data.GetProperty("creatorId").GetString(),
            reply.Names("userIds"),
            reply.Data.GetProperty("memberCount").GetInt32(),
            reply.Data.GetProperty("open").GetBoolean());
    }

    /// <summary>Invites 1 to 1,000 users. They see what is sent from then on.</summary>
    /// <exception cref="RtmException">21407: only its creator invites, or more members than there may be.</exception>
    public Task AddMembersAsync(
        string discussionId, IReadOnlyList<string> userIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userIds);
        return CallAsync("AddDiscussionMembers", discussionId, new { discussionId, userIds }, cancellationToken);
    }

    /// <summary>Lets a member go.</summary>
    /// <exception cref="RtmException">20406: only the creator does so.</exception>
    public Task RemoveMemberAsync(string discussionId, string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return CallAsync("RemoveDiscussionMember", discussionId, new { discussionId, userId }, cancellationToken);
    }

    /// <summary>Leaves. What was sent until then stays.</summary>
    public Task QuitAsync(string discussionId, CancellationToken cancellationToken = default) =>
        CallAsync("QuitDiscussion", discussionId, new { discussionId }, cancellationToken);

    /// <summary>Gives it another name, of 1 to 64 characters.</summary>
    public Task SetNameAsync(string discussionId, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return CallAsync("SetDiscussionName", discussionId, new { discussionId, name }, cancellationToken);
    }

    /// <summary>Says whether every member may invite.</summary>
    /// <exception cref="RtmException">21409: only the creator says so.</exception>
    public Task SetInviteAsync(string discussionId, bool isOpen, CancellationToken cancellationToken = default) =>
        CallAsync("SetDiscussionInvite", discussionId, new { discussionId, open = isOpen }, cancellationToken);

    private Task<WireReply> CallAsync(
        string method, string discussionId, object request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(discussionId);
        return _registry.CallAsync(method, request, cancellationToken);
    }
}
