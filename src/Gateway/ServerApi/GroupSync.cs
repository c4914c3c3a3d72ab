using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>Makes a user's groups those that the app says: joins, makes, renames and quits what differs.</summary>
internal sealed class GroupSync(GroupCalls groups, CallOrder order, UserId user)
{
    /// <summary>What came of each group that had to change; none when all was as it should be.</summary>
    /// <param name="wanted">The groups, each once, with their names; null: the name does not matter.</param>
    public async Task<Outcome<TargetOutcome[]>> RunAsync(IReadOnlyDictionary<GroupId, string?> wanted)
    {
        var current = await CurrentAsync();
        if (!current.IsAccepted)
            return current.As<TargetOutcome[]>();
        var has = current.Value.ToDictionary(group => group.Group, group => group.Name);
        var changes = wanted
            .Where(one => !has.TryGetValue(one.Key, out var name) || (one.Value is not null && one.Value != name))
            .Select(one => (Group: one.Key, Name: one.Value, IsWanted: true))
            .Concat(has.Keys
                .Where(group => !wanted.ContainsKey(group))
                .Select(group => (Group: group, Name: (string?)null, IsWanted: false)))
            .ToArray();
        return await TargetCalls.EachAsync(changes, change => change.Group.Value, async change =>
        {
            var key = ConversationKey.Group(change.Group);
            var done = change switch
            {
                { IsWanted: false } => await groups.ChangeAsync(order, key, new(null) { Leaving = [user] }),
                { Name: { } name } => await groups.CreateAsync(order, key, new(name, null, [user])),
                _ => await groups.ChangeAsync(order, key, new(null) { Joining = [user] }),
            };
            return done.IsAccepted ? new(new { groupId = change.Group.Value, joined = change.IsWanted }, null) : done.As<object>();
        });
    }

    private async Task<Outcome<List<UserGroup>>> CurrentAsync()
    {
        List<UserGroup> all = [];
        GroupId? after = null;
        do
        {
            var page = await groups.ListAsync(user, after, ConversationLimits.GroupsPageMax);
            if (!page.IsAccepted)
                return page.As<List<UserGroup>>();
            all.AddRange(page.Value.Groups);
            after = page.Value.Next;
        }
        while (after is not null);
        return all;
    }
}
