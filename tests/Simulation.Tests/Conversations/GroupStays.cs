using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Simulation.Tests;

/// <summary>From which message to which users were in groups, also those who have come again since.</summary>
internal sealed class GroupStays
{
    private readonly Dictionary<(ConversationKey Group, UserId User), SortedDictionary<long, long?>> _stays = [];

    /// <summary>A user has come or gone.</summary>
    public void Note(ConversationEntry entry, UserId user)
    {
        if (!_stays.TryGetValue((entry.Key, user), out var stays))
            _stays[(entry.Key, user)] = stays = [];
        stays[entry.JoinedSeq] = entry.LeftSeq;
    }

    /// <summary>Whether a user was in a group when a message was stored.</summary>
    public bool Had(ConversationKey group, UserId user, long seq) =>
        _stays.TryGetValue((group, user), out var stays)
        && stays.Any(stay => seq > stay.Key && seq <= (stay.Value ?? long.MaxValue));
}
