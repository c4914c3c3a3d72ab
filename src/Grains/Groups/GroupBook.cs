using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Groups;

/// <summary>What the store knows of one group or discussion, kept where that is safe, and the changes of it.</summary>
/// <remarks>
/// <para>
/// What is kept may be stale only when another activation has written, which has opened the conversation then. That is
/// harmless: only that somebody <i>is</i> a member is kept, and that the group is there. Both let a message or a change pass,
/// which the store refuses, since it comes with an epoch that is over. What would refuse anything is read from the store each
/// time, but for the end of a group, which is for good.
/// </para>
/// <para>Everything but <see cref="ProfileAsync"/> is called by one at a time: the line of the conversation's writes.</para>
/// </remarks>
internal sealed class GroupBook(ConversationKey key, IMessageLog log, int membersMax)
{
    /// <summary>Members that are remembered.</summary>
    public const int KnownMax = 10_000;

    private readonly KnownMembers _known = new(KnownMax);
    private GroupProfile? _profile;

    /// <summary>There are not more members than so many; null: not known.</summary>
    private int? _countBound;

    /// <summary>The profile; null when nobody has made the group.</summary>
    public async ValueTask<GroupProfile?> ProfileAsync()
    {
        if (_profile is not null)
            return _profile;
        var read = await log.ReadProfileAsync(key);

        // What was written meanwhile is newer.
        return _profile ??= read;
    }

    /// <summary>Whether a user is a member.</summary>
    public async ValueTask<bool> IsMemberAsync(UserId user)
    {
        if (_known.Contains(user))
            return true;
        if (await log.ReadEntryAsync(user, key) is not { LeftSeq: null })
            return false;
        _known.Add(user);
        return true;
    }

    /// <summary>Whether users may come without making the members too many.</summary>
    public async Task<bool> HasRoomAsync(ImmutableArray<UserId> joining)
    {
        if (_countBound + joining.Length <= membersMax)
            return true;
        var count = await log.CountMembersAsync(key);
        _countBound = count;
        if (count + joining.Length <= membersMax)
            return true;

        // Those who are there already take no room.
        var entries = await Task.WhenAll(joining.Select(user => log.ReadEntryAsync(user, key)));
        var newCount = entries.Count(entry => entry is not { LeftSeq: null });
        return newCount == 0 || count + newCount <= membersMax;
    }

    /// <summary>Writes the profile; false when another activation writes.</summary>
    public async Task<bool> WriteProfileAsync(ConversationHead head, GroupProfile profile)
    {
        _profile = null;
        if (!await log.WriteProfileAsync(key, head.Epoch, profile))
            return false;
        _profile = profile;
        return true;
    }

    /// <summary>Takes users in and lets users go; false when another activation writes.</summary>
    public Task<bool> ChangeMembersAsync(
        ConversationHead head, ImmutableArray<UserId> joining, ImmutableArray<UserId> leaving)
    {
        // Before it is known what comes of it: so nobody is taken for a member who is none, and nobody is not counted.
        foreach (var user in leaving)
            _known.Remove(user);
        _countBound += joining.Length;
        return log.ChangeMembersAsync(new(key, head.Epoch, joining, leaving));
    }

    /// <summary>Lets everybody go; false when another activation writes.</summary>
    public async Task<bool> RemoveAllAsync(ConversationHead head)
    {
        _known.Clear();
        while (await log.ReadMembersAsync(key, null, ConversationLimits.MembersChangeMax) is { IsEmpty: false } members)
            if (!await log.ChangeMembersAsync(new(key, head.Epoch, [], [.. members.Select(member => member.User)])))
                return false;
        return true;
    }
}
