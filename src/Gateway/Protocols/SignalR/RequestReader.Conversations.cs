using System.Collections.Immutable;
using System.Text.Json;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Protocols.SignalR;

// Fields of conversations. What is wrong has the one code of that family, whichever rule it breaks.
internal sealed partial class RequestReader
{
    /// <summary>A user id that has to be there.</summary>
    public UserId ChatUser(string field)
    {
        var text = Required(field);
        if (text is not null && !UserId.TryParse(text, out _))
            Refuse(_malformed, $"'{field}' is no user id.");
        return new(text ?? "");
    }

    /// <summary>The id of a group or a discussion that has to be there.</summary>
    public GroupId Group(string field)
    {
        var text = Required(field);
        if (text is not null && !GroupId.TryParse(text, out _))
            Refuse(_malformed, $"'{field}' is no id of a group.");
        return new(text ?? "");
    }

    /// <summary>User ids, each once: one to <paramref name="countMax"/>.</summary>
    public ImmutableArray<UserId> ChatUsers(string field, int countMax) => Ids(
        field, countMax, text => UserId.TryParse(text, out var user) ? user : (UserId?)null, "user id");

    /// <summary>Ids of groups, each once: one to <paramref name="countMax"/>.</summary>
    public ImmutableArray<GroupId> Groups(string field, int countMax) => Ids(
        field, countMax, text => GroupId.TryParse(text, out var group) ? group : (GroupId?)null, "id of a group");

    /// <summary>The name of a group or a discussion that has to be there.</summary>
    public string GroupName()
    {
        var name = Required("name");
        if (name is not null && name.EnumerateRunes().Count() is 0 or > ConversationLimits.GroupNameLengthMax)
            Refuse(_malformed, $"'name' must have 1 to {ConversationLimits.GroupNameLengthMax} characters.");
        return name ?? "";
    }

    /// <summary>A reader of an object's fields; null when it is left out.</summary>
    public RequestReader? Nested(string field)
    {
        if (!TryGet(field, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Object)
            return new(new HubRequest(value, false), _malformed);
        RefuseField(field, "an object");
        return null;
    }

    private ImmutableArray<T> Ids<T>(string field, int countMax, Func<string, T?> parse, string what)
        where T : struct
    {
        Require(field);
        var texts = Texts(field);
        if (texts.Count == 0 || texts.Count > countMax)
        {
            Refuse(_malformed, $"'{field}' must name 1 to {countMax}.");
            return [];
        }

        var ids = new List<T>(texts.Count);
        foreach (var text in texts)
            if (parse(text) is { } id)
                ids.Add(id);
            else
                Refuse(_malformed, $"'{field}' has an entry that is no {what}.");
        return [.. ids.Distinct()];
    }
}
