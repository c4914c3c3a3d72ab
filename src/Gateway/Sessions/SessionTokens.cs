using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Auth;

namespace ImOrleans.Gateway.Sessions;

/// <summary>The tokens that clients hand over once they are connected.</summary>
internal sealed class SessionTokens(TokenAuthenticator authenticator)
{
    /// <summary>Checks a token for <paramref name="user"/>: the login's, or the one for a channel.</summary>
    public Outcome<SessionToken> Check(string text, UserId user, ChannelName? channel)
    {
        var verdict = channel is null ? authenticator.CheckLogin(text) : authenticator.Check(text);
        if (!verdict.IsAccepted)
            return verdict.Refusal;
        var grant = channel is { } name ? verdict.Value.ForChannel(name.Value) : verdict.Value;
        if (grant is null)
            return new Refusal(ErrorCode.InvalidToken, "The token is not for this channel.");
        if (grant.UserId != user.Value)
            return new Refusal(ErrorCode.InvalidToken, "The token is for another user.");
        return SessionToken.Of(text, grant);
    }
}
