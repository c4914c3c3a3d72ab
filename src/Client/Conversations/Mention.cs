namespace ImOrleans.Client;

/// <summary>Whom a message of a group or a discussion mentions.</summary>
public sealed record Mention
{
    private Mention(IReadOnlyList<string>? userIds) => UserIds = userIds;

    /// <summary>All members.</summary>
    public static Mention All { get; } = new(userIds: null);

    /// <summary>The users who are mentioned. Null: all members.</summary>
    public IReadOnlyList<string>? UserIds { get; }

    /// <summary>Some users: 1 to 100, else 33003.</summary>
    public static Mention Of(params IReadOnlyList<string> userIds)
    {
        ArgumentNullException.ThrowIfNull(userIds);
        return new(userIds);
    }

    /// <summary>Whether a user is mentioned, by name or with all.</summary>
    public bool Includes(string userId) => UserIds is null || UserIds.Contains(userId);
}
