using ImOrleans.Domain.Errors;

namespace ImOrleans.Gateway.Auth;

/// <summary>Checks one kind of token. A host that accepts several kinds composes them behind this port.</summary>
public interface ITokenVerifier
{
    /// <summary>Tells whether the token is genuine and in force, and what it says.</summary>
    /// <remarks>Never throws for any input, and does not judge whether the user id is allowed.</remarks>
    /// <param name="token">The token as the client sent it.</param>
    /// <param name="now">The current time.</param>
    Outcome<VerifiedToken> Verify(string token, DateTimeOffset now);
}
