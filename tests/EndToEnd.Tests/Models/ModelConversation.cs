namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>A conversation as it should be: plain lists, and every question answered by looking through them.</summary>
internal sealed class ModelConversation(int type, string id)
{
    /// <summary>What follows the last message before users came, as often as they came, and the last before they went.</summary>
    private readonly Dictionary<string, List<(long After, long? Through)>> _stays = [];

    /// <summary>1 private, 2 discussion, 3 group, 6 system.</summary>
    public int Type => type;

    /// <summary>The group or discussion; of others both users, with a space between.</summary>
    public string Id => id;

    public List<ModelMessage> Messages { get; } = [];

    /// <summary>False for a group or discussion that nobody has made.</summary>
    public bool IsMade { get; set; }

    public bool IsDismissed { get; set; }

    public string Name { get; set; } = "";

    /// <summary>Who has made a discussion.</summary>
    public string? Creator { get; init; }

    /// <summary>Whether all members of a discussion invite.</summary>
    public bool IsOpen { get; set; } = true;

    public bool HasMembers => type is 2 or 3;

    public long Head => Messages.Count;

    /// <summary>Who is in it now.</summary>
    public IReadOnlyList<string> Members =>
        [.. _stays.Keys.Where(Has).Order(StringComparer.Ordinal)];

    public bool Has(string user) => _stays.TryGetValue(user, out var stays) && stays[^1].Through is null;

    public void Join(params IEnumerable<string> users)
    {
        foreach (var user in users)
            if (!Has(user))
                Join(_stays.TryGetValue(user, out var stays) ? stays : _stays[user] = []);
    }

    public void Leave(params IEnumerable<string> users)
    {
        foreach (var user in users)
            if (Has(user))
                _stays[user][^1] = _stays[user][^1] with { Through = Head };
    }

    /// <summary>Who is to get what is sent now.</summary>
    public IReadOnlySet<string> Audience(string sender, ModelDraft draft) =>
        (HasMembers ? Members : id.Split(' '))
        .Where(user => draft.Receivers is null || user == sender || draft.Receivers.Contains(user)).ToHashSet();

    /// <summary>What a user sees of it beyond a place, in order.</summary>
    public IEnumerable<ModelMessage> For(string user, long after)
    {
        var from = _stays.TryGetValue(user, out var stays) ? Math.Max(after, stays[0].After) : after;
        return Messages.Skip((int)from).Where(message => message.Audience.Contains(user));
    }

    /// <summary>Whether a user was away, and came again, at some time after a message.</summary>
    public bool WasAwayAfter(string user, long seq) =>
        _stays.TryGetValue(user, out var stays) && stays.SkipLast(1).Any(stay => stay.Through >= seq);

    /// <summary>Whether a message is of a stay that is too many stays ago.</summary>
    public bool IsForgotten(string user, ModelMessage message) =>
        _stays.TryGetValue(user, out var stays) && message.Seq <= stays[0].After;

    public override string ToString() => $"{type} {id}";

    /// <summary>Who comes again before anybody has written has not been away; 33 stays are known, no more.</summary>
    private void Join(List<(long After, long? Through)> stays)
    {
        if (stays is [.., { } last] && last.Through == Head)
            stays[^1] = last with { Through = null };
        else
            stays.Add((Head, null));
        if (stays.Count > 33)
            stays.RemoveAt(0);
    }
}
