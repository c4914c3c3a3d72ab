namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>A conversation as it should be: plain lists, and every question answered by looking through them.</summary>
internal sealed class ModelConversation(int type, string id)
{
    private readonly Dictionary<string, (long Joined, long? Left)> _members = [];

    /// <summary>1 private, 3 group.</summary>
    public int Type => type;

    /// <summary>The group; of a private one both users.</summary>
    public string Id => id;

    public List<ModelMessage> Messages { get; } = [];

    public bool IsDismissed { get; set; }

    public long Head => Messages.Count;

    /// <summary>Who is in it now.</summary>
    public IReadOnlyList<string> Members =>
        [.. _members.Where(member => member.Value.Left is null).Select(member => member.Key).Order(StringComparer.Ordinal)];

    public bool Has(string user) => _members.TryGetValue(user, out var member) && member.Left is null;

    public void Join(string user)
    {
        if (!Has(user))
            _members[user] = (Head, null);
    }

    public void Leave(string user)
    {
        if (Has(user))
            _members[user] = (_members[user].Joined, Head);
    }

    /// <summary>What a user calls it.</summary>
    public string TargetFor(string user) => type == 1 ? id.Split(' ').First(one => one != user || id == $"{user} {user}") : id;

    /// <summary>What a user sees of it beyond a place, in order.</summary>
    public IEnumerable<ModelMessage> For(string user, long after) =>
        _members.TryGetValue(user, out var member)
            ? Messages.Where(message => message.Seq > Math.Max(after, member.Joined)
                && message.Seq <= (member.Left ?? long.MaxValue)
                && (message.Receivers is null || message.Sender == user || message.Receivers.Contains(user)))
            : [];

    public override string ToString() => $"{type} {id}";
}
