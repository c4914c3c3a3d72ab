using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using Orleans.CodeGeneration;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>The groups of a user. Key: <see cref="GrainKey.UserGroups"/>.</summary>
/// <remarks>It reads the store, holds nothing and writes nothing: groups change by <see cref="IGroupGrain"/>.</remarks>
[Alias("im.IUserGroupsGrain"), Version(1)]
public interface IUserGroupsGrain : IGrainWithStringKey
{
    /// <summary>Reads a page of the groups (not discussions) that the user is in.</summary>
    /// <param name="after">What the page before said; null for the first page.</param>
    /// <param name="countMax">At most so many, 1 to <see cref="Domain.Conversations.ConversationLimits.GroupsPageMax"/>.</param>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.InternalErrror"/>: the store was not available.</remarks>
    [Alias("List"), ResponseTimeout("00:00:04")]
    Task<Outcome<UserGroupsPage>> ListAsync(GroupId? after, int countMax);
}
