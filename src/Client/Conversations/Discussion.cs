namespace ImOrleans.Client;

/// <summary>A discussion: users who invite each other.</summary>
/// <param name="Id">The target id of its messages.</param>
/// <param name="Name">As it is shown.</param>
/// <param name="CreatorUserId">Who made it; when that user has left, every member may do what only the creator could.</param>
/// <param name="UserIds">The first ten members, in the order of their ids.</param>
/// <param name="MemberCount">How many there are in all.</param>
/// <param name="IsOpen">Whether every member may invite, not the creator alone.</param>
public sealed record Discussion(
    string Id, string Name, string? CreatorUserId, IReadOnlyList<string> UserIds, int MemberCount, bool IsOpen);
