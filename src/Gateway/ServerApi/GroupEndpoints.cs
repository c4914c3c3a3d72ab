using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Grains.Abstractions.Conversations;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>What app servers do with groups: they have them, and mirror them here.</summary>
/// <remarks><b>Source:</b> feature row RC43.</remarks>
internal sealed class GroupEndpoints(ServerCalls calls, GroupCalls groups)
{
    /// <summary>Groups that one <c>sync</c> may name.</summary>
    private const int SyncGroupsMax = 500;

    private const int MembersPageDefault = 100;

    private static readonly object Nothing = new();

    /// <summary><c>POST /group/create</c>: <c>groupId</c>, <c>name</c>, <c>userIds</c>.</summary>
    public Task<IResult> CreateAsync(HttpContext context) => DoAsync(context, read =>
    {
        var (key, name) = (Key(read), read.GroupName());
        var users = read.Has("userIds") ? Users(read) : [];
        return () => groups.CreateAsync(calls.Order, key, new(name, null, users));
    });

    /// <summary><c>POST /group/join</c>: <c>groupId</c>, <c>userIds</c>.</summary>
    public Task<IResult> JoinAsync(HttpContext context) => ChangeAsync(context, read => new(null) { Joining = Users(read) });

    /// <summary><c>POST /group/quit</c>: <c>groupId</c>, <c>userIds</c>.</summary>
    public Task<IResult> QuitAsync(HttpContext context) => ChangeAsync(context, read => new(null) { Leaving = Users(read) });

    /// <summary><c>POST /group/refresh</c>: <c>groupId</c>, <c>name</c>.</summary>
    public Task<IResult> RefreshAsync(HttpContext context) =>
        ChangeAsync(context, read => new(null) { Name = read.GroupName() });

    /// <summary><c>POST /group/dismiss</c>: <c>groupId</c>.</summary>
    public Task<IResult> DismissAsync(HttpContext context) => DoAsync(context, read =>
    {
        var key = Key(read);
        return () => groups.DismissAsync(calls.Order, key);
    });

    /// <summary><c>POST /group/members</c>: <c>groupId</c>, <c>after</c>, <c>count</c>.</summary>
    public Task<IResult> MembersAsync(HttpContext context) => AskAsync<GroupDescription>(
        context,
        read =>
        {
            var key = Key(read);
            var after = read.Has("after") ? read.ChatUser("after") : (UserId?)null;
            var count = Count(read, MembersPageDefault, ConversationLimits.PageMessagesMax);
            return () => groups.DescribeAsync(calls.Order, key, new(null, after, count));
        },
        group => new
        {
            name = group.Profile.Name,
            members = group.Members.Select(member => new { userId = member.User.Value }),
            total = group.MembersTotal,
        });

    /// <summary><c>POST /user/groups</c>: <c>userId</c>, <c>after</c>, <c>count</c>.</summary>
    public Task<IResult> ListAsync(HttpContext context) => AskAsync<UserGroupsPage>(
        context,
        read =>
        {
            var user = read.ChatUser("userId");
            var after = read.Has("after") ? read.Group("after") : (GroupId?)null;
            var count = Count(read, ConversationLimits.GroupsPageMax, ConversationLimits.GroupsPageMax);
            return () => groups.ListAsync(user, after, count);
        },
        page =>
        {
            var listed = page.Groups.Select(group => new { groupId = group.Group.Value, name = group.Name });
            return page.Next is { } next ? new { groups = listed, next = next.Value } : new { groups = listed };
        });

    /// <summary>
    /// <c>POST /group/sync</c>: <c>userId</c>, and <c>groups</c> with <c>groupId</c> and <c>name</c>. The user is in these
    /// groups then, and in no others; those that have a name and are not there yet are made.
    /// </summary>
    public async Task<IResult> SyncAsync(HttpContext context)
    {
        var (fields, refusal) = await RequestBody.ReadAsync(context, ErrorCode.BizErrorInvalidParameter);
        if (fields is not { } read)
            return refusal!.ToResult();
        var user = read.ChatUser("userId");
        var wanted = Wanted(read);
        if (read.Refusal is { } malformed)
            return ServerApiRefusal.Of(malformed).ToResult();

        // One after the other for a user: of two at a time, each would undo half of the other.
        var synced = await calls.Order.ForGroupsOfAsync<TargetOutcome[]>(
            user, _ => new GroupSync(groups, calls.Order, user).RunAsync(wanted));
        return synced.IsAccepted ? TargetCalls.Answer(synced.Value, "groups") : ServerApiRefusal.Of(synced.Refusal).ToResult();
    }

    private Task<IResult> ChangeAsync(HttpContext context, Func<RequestReader, ChangeGroupRequest> readChange) =>
        DoAsync(context, read =>
        {
            var (key, change) = (Key(read), readChange(read));
            return () => groups.ChangeAsync(calls.Order, key, change);
        });

    private static Task<IResult> DoAsync(HttpContext context, Func<RequestReader, Func<Task<Outcome<Done>>>> read) =>
        AskAsync(context, read, _ => Nothing);

    private static async Task<IResult> AskAsync<T>(
        HttpContext context, Func<RequestReader, Func<Task<Outcome<T>>>> readCall, Func<T, object> describe)
    {
        var (fields, refusal) = await RequestBody.ReadAsync(context, ErrorCode.BizErrorInvalidParameter);
        if (fields is not { } read)
            return refusal!.ToResult();
        var call = readCall(read);
        if (read.Refusal is { } malformed)
            return ServerApiRefusal.Of(malformed).ToResult();
        var outcome = await call();
        return outcome.IsAccepted
            ? Results.Json(describe(outcome.Value))
            : ServerApiRefusal.Of(outcome.Refusal).ToResult();
    }

    private static ConversationKey Key(RequestReader read) => ConversationKey.Group(read.Group("groupId"));

    private static ImmutableArray<UserId> Users(RequestReader read) =>
        read.ChatUsers("userIds", ConversationLimits.MembersChangeMax);

    private static int Count(RequestReader read, int otherwise, int max)
    {
        var count = read.Number("count") ?? otherwise;
        if (count < 1 || count > max)
            read.Refuse(ErrorCode.BizErrorInvalidParameter, $"'count' must be 1 to {max}.");
        return (int)Math.Clamp(count, 1, max);
    }

    private static Dictionary<GroupId, string?> Wanted(RequestReader read)
    {
        read.Require("groups");
        var wanted = new Dictionary<GroupId, string?>();
        var listed = read.Objects("groups");
        if (listed.Count > SyncGroupsMax)
            read.Refuse(ErrorCode.BizErrorInvalidParameter, $"'groups' must name at most {SyncGroupsMax}.");
        foreach (var one in listed.Take(SyncGroupsMax))
        {
            wanted[one.Group("groupId")] = one.Has("name") ? one.GroupName() : null;
            if (one.Refusal is { } refusal)
                read.Refuse(refusal.Code, $"In 'groups': {refusal.Message}");
        }

        return wanted;
    }
}
