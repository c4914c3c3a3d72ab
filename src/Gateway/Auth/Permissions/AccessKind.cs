namespace ImOrleans.Gateway.Auth.Permissions;

/// <summary>What a call does with a channel or user, by the numbers of a token's lists.</summary>
public enum AccessKind : ushort
{
    /// <summary>It tells the caller something, now or from now on.</summary>
    Read = 0,

    /// <summary>It changes something, or tells others something.</summary>
    Write = 1,
}
