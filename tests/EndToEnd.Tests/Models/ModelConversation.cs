namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>A conversation as it should be: plain lists, and every question answered by looking through them.</summary>
internal sealed class ModelConversation(int type, string id)
{
    /// <summary>From which message on users saw it when they came last, and whether they are in it.</summary>
    private readonly Dictionary<string, (long Joined, bool IsIn)> _members = [];

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
        [.. _members.Where(member => member.Value.IsIn).Select(member => member.Key).Order(StringComparer.Ordinal)];

    public bool Has(string user) => _members.TryGetValue(user, out var member) && member.IsIn;

    public void Join(params IEnumerable<string> users)
    {
        foreach (var user in users)
            if (!Has(user))
                _members[user] = (Head, true);
    }

    public void Leave(params IEnumerable<string> users)
    {
        foreach (var user in users)
            if (Has(user))
                _members[user] = (_members[user].Joined, false);
    }

    /// <summary>Who is to get what is sent now.</summary>
    public IReadOnlySet<string> Audience(string sender, ModelDraft draft) =>
        (HasMembers ? Members : id.Split(' '))
        .Where(user => draft.Receivers is null || user == sender || draft.Receivers.Contains(user)).ToHashSet();

    /// <summary>What a user sees of it beyond a place, in order.</summary>
    public IEnumerable<ModelMessage> For(string user, long after)
    {
        var from = _members.TryGetValue(user, out var member) ? Math.Max(after, member.Joined) : after;
        return Messages.Skip((int)from).Where(message => message.Audience.Contains(user));
    }

    /// <summary>Whether a message is of the time before a user came last.</summary>
    public bool IsOfEarlierStay(string user, ModelMessage message) =>
        _members.TryGetValue(user, out var member) && message.Seq <= member.Joined;

    public override string ToString() => $"{type} {id}";
}
