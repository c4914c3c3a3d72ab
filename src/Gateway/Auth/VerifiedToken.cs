using ImOrleans.Gateway.Auth.Permissions;

namespace ImOrleans.Gateway.Auth;

/// <summary>What a genuine token says.</summary>
/// <param name="UserId">The user who signs in; never empty.</param>
/// <param name="ExpiresAt">From this instant on it is expired; the session it opened ends then, unless renewed.</param>
/// <param name="IssuedAt">When it was issued, if it tells.</param>
/// <param name="TokenId">The token's own id (<c>jti</c>), if it has one; never empty.</param>
/// <param name="Channel">The one stream channel the token is for; null for a login token, never empty.</param>
public sealed record VerifiedToken(
    string UserId,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? IssuedAt = null,
    string? TokenId = null,
    string? Channel = null)
{
    /// <summary>What a login token lets the session read and write; null: everything.</summary>
    public ResourcePermissions? Permissions { get; init; }

    /// <summary>
    /// What the same token is good for beside: an RTM2 access token may sign in and open stream channels as well.
    /// </summary>
    public IReadOnlyList<VerifiedToken> Further { get; init; } = [];

    /// <summary>What the token says of one stream channel; null when it is not for that channel.</summary>
    public VerifiedToken? ForChannel(string channel) =>
        Channel == channel ? this : Further.FirstOrDefault(grant => grant.Channel == channel);
}
