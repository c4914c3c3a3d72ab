using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Simulation.Tests;

/// <summary>From which message to which users were in groups, as often as they came.</summary>
internal sealed class GroupStays
{
    private readonly Dictionary<(ConversationKey Group, UserId User), List<(long After, long? Through)>> _stays = [];

    /// <summary>Users have come after a message; who was there has stayed.</summary>
    public void Come(ConversationKey group, IEnumerable<UserId> users, long seq)
    {
        foreach (var user in users)
            if (Of(group, user) is not [.., { Through: null }])
                Of(group, user).Add((seq, null));
    }

    /// <summary>Users have gone after a message.</summary>
    public void Go(ConversationKey group, IEnumerable<UserId> users, long seq)
    {
        foreach (var user in users)
            if (Of(group, user) is [.., { Through: null } last] stays)
                stays[^1] = last with { Through = seq };
    }

    /// <summary>Whether a user was in a group when a message was stored.</summary>
    public bool Had(ConversationKey group, UserId user, long seq) =>
        Of(group, user).Any(stay => seq > stay.After && seq <= (stay.Through ?? long.MaxValue));

    private List<(long After, long? Through)> Of(ConversationKey group, UserId user)
    {
        if (!_stays.TryGetValue((group, user), out var stays))
            _stays[(group, user)] = stays = [];
        return stays;
    }
}
