using ImOrleans.Domain.Errors;

namespace ImOrleans.Gateway.Auth;

/// <summary>The check of tokens that every door shares: genuine, in force, and for a user id that is allowed.</summary>
/// <param name="verifier">Tells whether a token is genuine and in force.</param>
/// <param name="userIds">Tells whether its user id is allowed.</param>
/// <param name="time">The clock.</param>
public sealed class TokenAuthenticator(ITokenVerifier verifier, IUserIdRule userIds, TimeProvider time)
{
    /// <summary>Checks a token of either kind: for sign-in, or for one stream channel.</summary>
    /// <remarks>Errors: 10005 INVALID_TOKEN, 10006 INVALID_USER_ID, 10009 TOKEN_EXPIRED.</remarks>
    public Outcome<VerifiedToken> Check(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var verdict = verifier.Verify(token, time.GetUtcNow());
        return verdict.IsAccepted && !userIds.IsValid(verdict.Value.UserId)
            ? new Refusal(ErrorCode.InvalidUserId, "The token's user id is not allowed.")
            : verdict;
    }

    /// <summary>Checks a token for sign-in: one that is for a single stream channel is refused.</summary>
    /// <remarks>Errors: those of <see cref="Check"/>; 10005 INVALID_TOKEN for a channel's token.</remarks>
    public Outcome<VerifiedToken> CheckLogin(string token)
    {
        var verdict = Check(token);
        return verdict.IsAccepted && verdict.Value.Channel is not null
            ? new Refusal(ErrorCode.InvalidToken, "The token is for one channel (chan) and not for sign-in.")
            : verdict;
    }
}
