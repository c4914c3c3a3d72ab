namespace ImOrleans.Client;

/// <summary>The kinds of conversations.</summary>
public enum ConversationType
{
    /// <summary>Two users.</summary>
    Private = 1,

    /// <summary>Users who invite each other.</summary>
    Discussion = 2,

    /// <summary>Users whom the app server puts together.</summary>
    Group = 3,

    /// <summary>What the app tells one user.</summary>
    System = 6,
}
