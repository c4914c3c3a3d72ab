using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Auth.Rtm2;

namespace ImOrleans.Gateway.Auth;

/// <summary>All kinds of token that are accepted, told apart by how they begin.</summary>
/// <param name="webTokens">Checks JSON Web Tokens.</param>
/// <param name="accessTokens">Checks RTM2 access tokens.</param>
internal sealed class TokenVerifiers(JsonWebTokenVerifier webTokens, Rtm2TokenVerifier accessTokens) : ITokenVerifier
{
    /// <inheritdoc />
    public Outcome<VerifiedToken> Verify(string token, DateTimeOffset now) =>
        Rtm2TokenVerifier.IsOne(token) ? accessTokens.Verify(token, now) : webTokens.Verify(token, now);
}
