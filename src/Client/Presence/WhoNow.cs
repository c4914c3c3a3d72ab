namespace ImOrleans.Client;

/// <summary>Who is in a channel at this moment.</summary>
/// <param name="Users">At most 100, in order of coming.</param>
/// <param name="Total">How many there are.</param>
/// <param name="NextPage">To ask for the next page with; null when this was the last one.</param>
public sealed record WhoNow(IReadOnlyList<PresentUser> Users, int Total, string? NextPage);
