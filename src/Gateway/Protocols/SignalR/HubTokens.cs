using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>The tokens that clients hand over inside the hub.</summary>
internal sealed class HubTokens(TokenAuthenticator authenticator)
{
    /// <summary>Checks a token for <paramref name="user"/>: the login's, or the one for a channel.</summary>
    public Outcome<SessionToken> Check(string text, UserId user, ChannelName? channel)
    {
        var verdict = channel is null ? authenticator.CheckLogin(text) : authenticator.Check(text);
        if (!verdict.IsAccepted)
            return verdict.Refusal;
        if (verdict.Value.UserId != user.Value)
            return new Refusal(ErrorCode.InvalidToken, "The token is for another user.");
        if (channel is { } name && verdict.Value.Channel != name.Value)
            return new Refusal(ErrorCode.InvalidToken, "The token is not for this channel (chan).");
        return new SessionToken(text, verdict.Value.ExpiresAt);
    }
}
