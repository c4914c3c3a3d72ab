namespace ImOrleans.Domain.Conversations;

/// <summary>The kinds of conversations that are stored, by their number on the wire.</summary>
/// <remarks><b>Source:</b> feature row RC33. Chatrooms (4) are channels, not conversations; 5, 7 and 8 are not served.</remarks>
public enum ConversationType : byte
{
    /// <summary>Two users.</summary>
    Private = 1,

    /// <summary>Users who invite each other.</summary>
    Discussion = 2,

    /// <summary>Users whom the app server puts together.</summary>
    Group = 3,

    /// <summary>What one sender, mostly the app itself, tells one user. There is no way back.</summary>
    System = 6,
}
