using System.Collections.Immutable;
using System.Security.Cryptography;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Gateway.Conversations;

/// <summary>What members of discussions and the app's servers do with discussions and groups, besides sending.</summary>
/// <remarks>
/// <b>Errors:</b> <see cref="ErrorCode.InternalErrror"/>: not done, or not known; the same call may be made again.
/// </remarks>
internal sealed class GroupCalls(IGrainFactory grains)
{
    private const int IdBytes = 12;

    private static readonly Refusal Unavailable =
        new(ErrorCode.InternalErrror, "The conversations cannot be reached now, or gave no answer in time; try again.");

    /// <summary>Makes a discussion of a creator and others, and yields its id.</summary>
    /// <remarks>A call that is made again makes another one.</remarks>
    public async Task<Outcome<GroupId>> CreateDiscussionAsync(
        CallOrder order, UserId creator, string name, ImmutableArray<UserId> others)
    {
        var id = new GroupId(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)));
        var created = await CreateAsync(
            order, ConversationKey.Discussion(id), new(name, creator, [creator, .. others.Where(user => user != creator)]));
        return created.IsAccepted ? id : created.As<GroupId>();
    }

    /// <summary>Makes a group, or a discussion with an id that was chosen.</summary>
    public Task<Outcome<Done>> CreateAsync(CallOrder order, ConversationKey key, CreateGroupRequest request) =>
        AskAsync(order, key, group => group.CreateAsync(request));

    /// <summary>Takes users in, lets users go, changes the profile.</summary>
    public Task<Outcome<Done>> ChangeAsync(CallOrder order, ConversationKey key, ChangeGroupRequest request) =>
        AskAsync(order, key, group => group.ChangeAsync(request));

    /// <summary>Ends a group.</summary>
    public Task<Outcome<Done>> DismissAsync(CallOrder order, ConversationKey key) =>
        AskAsync(order, key, group => group.DismissAsync());

    /// <summary>Reads the profile and a page of the members.</summary>
    public Task<Outcome<GroupDescription>> DescribeAsync(CallOrder order, ConversationKey key, DescribeGroupRequest request) =>
        AskAsync(order, key, group => group.DescribeAsync(request));

    /// <summary>Reads a page of the groups that a user is in.</summary>
    public async Task<Outcome<UserGroupsPage>> ListAsync(UserId user, GroupId? after, int countMax)
    {
        try
        {
            return await grains.GetGrain<IUserGroupsGrain>(GrainKey.UserGroups(user)).ListAsync(after, countMax);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return Unavailable;
        }
    }

    private Task<Outcome<T>> AskAsync<T>(CallOrder order, ConversationKey key, Func<IGroupGrain, Task<Outcome<T>>> ask) =>
        order.ForConversationAsync<T>(key, async budget =>
        {
            try
            {
                return await budget.WithinAsync(ask(grains.GetGrain<IGroupGrain>(key.Value)));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return Unavailable;
            }
        });
}
