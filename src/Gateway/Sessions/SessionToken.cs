using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Auth.Permissions;

namespace ImOrleans.Gateway.Sessions;

/// <summary>A token that was accepted. The text is kept only to know the same one when it comes again.</summary>
/// <param name="Text">The token as the client sent it.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="Permissions">What a login token lets the session read and write; null: everything.</param>
internal sealed record SessionToken(string Text, DateTimeOffset ExpiresAt, ResourcePermissions? Permissions = null)
{
    /// <summary>What a session has of a token that was checked.</summary>
    public static SessionToken Of(string text, VerifiedToken token) => new(text, token.ExpiresAt, token.Permissions);
}
