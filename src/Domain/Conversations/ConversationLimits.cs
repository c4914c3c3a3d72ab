namespace ImOrleans.Domain.Conversations;

/// <summary>Bounds of conversations.</summary>
public static class ConversationLimits
{
    /// <summary>The most bytes of messages in one page, unless a single one is longer.</summary>
    public const int PageBytesMax = 1024 * 1024;

    /// <summary>The most messages in one page of the store.</summary>
    public const int PageMessagesMax = 1000;

    /// <summary>The most bytes of messages in one append: as many as share a transaction.</summary>
    public const int AppendBytesMax = 8 * 1024 * 1024;

    /// <summary>The most messages of one pull. <b>Source:</b> row RC31.</summary>
    public const int PullMessagesMax = 200;

    /// <summary>The longest content, in bytes. <b>Source:</b> row RC13.</summary>
    public const int ContentBytesMax = 128 * 1024;

    /// <summary>The longest name of a type, in bytes of UTF-8.</summary>
    public const int ObjectNameBytesMax = 64;

    /// <summary>The longest client message id, in bytes of UTF-8.</summary>
    public const int ClientMessageIdBytesMax = 64;

    /// <summary>Devices of a user that have a place of their own in what they have received.</summary>
    public const int DevicesMax = 10;

    /// <summary>Members of a group by default. <b>Source:</b> row RC43.</summary>
    public const int MembersDefault = 3000;

    /// <summary>Members of a group at most.</summary>
    public const int MembersMax = 100_000;

    /// <summary>Users that one change of a group may name. <b>Source:</b> row RC43.</summary>
    public const int MembersChangeMax = 1000;

    /// <summary>How often a user may leave a group and come again before its earliest stay there is forgotten.</summary>
    public const int AbsencesMax = 32;

    /// <summary>Users to whom one message may be directed.</summary>
    public const int DirectedUsersMax = 100;

    /// <summary>Users whom one message may mention by name.</summary>
    public const int MentionedUsersMax = 100;

    /// <summary>The longest name of a group or a discussion, in characters. <b>Source:</b> row RC43.</summary>
    public const int GroupNameLengthMax = 64;

    /// <summary>Groups of a user in one page.</summary>
    public const int GroupsPageMax = 200;

    /// <summary>Users whom one user may have blacklisted. <b>Source:</b> row RC46.</summary>
    public const int BlacklistMax = 1000;

    /// <summary>The most days that a user may set for its messages to wait; the fewest is 1. <b>Source:</b> row RC30.</summary>
    public const int OfflineDaysMax = 7;
}
