using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Conversations;
using ImOrleans.Grains.Inboxes;

namespace ImOrleans.Grains.Groups;

/// <summary>The grain of the list of one user's groups.</summary>
[GrainType("usergroups")]
public sealed class UserGroupsGrain(ConversationServices services) : Grain, IUserGroupsGrain
{
    /// <inheritdoc />
    public Task<Outcome<UserGroupsPage>> ListAsync(GroupId? after, int countMax)
    {
        var user = new UserId(GrainKey.Split('n', this.GetPrimaryKeyString())[0]);
        return InboxStore.WithinAsync<UserGroupsPage>(
            services, async log => await ListAsync(log, user, after, countMax));
    }

    private static async Task<UserGroupsPage> ListAsync(IMessageLog log, UserId user, GroupId? after, int countMax)
    {
        ConversationKey? from = after is { } last ? ConversationKey.Group(last) : null;
        var keys = ImmutableArray.CreateBuilder<ConversationKey>();
        while (keys.Count <= countMax)
        {
            // Discussions come before groups, private and system conversations behind them.
            var entries = await log.ReadEntriesAsync(user, from, ConversationLimits.PageMessagesMax);
            keys.AddRange(entries
                .Where(entry => entry.Key.Type == ConversationType.Group && entry.LeftSeq is null)
                .Select(entry => entry.Key));
            if (entries.Length < ConversationLimits.PageMessagesMax
                || entries[^1].Key.Type is ConversationType.Private or ConversationType.System)
                break;
            from = entries[^1].Key;
        }

        var page = keys.Take(countMax).ToArray();
        var profiles = await Task.WhenAll(page.Select(log.ReadProfileAsync));
        return new(
            [
                .. page.Zip(profiles)
                    .Where(one => one.Second is { IsDismissed: false })
                    .Select(one => new UserGroup(new(one.First.TargetFor(user)), one.Second!.Name)),
            ],
            keys.Count > countMax ? new GroupId(page[^1].TargetFor(user)) : null);
    }
}
