using System.Security.Cryptography;
using System.Text;
using ImOrleans.Domain.Errors;

namespace ImOrleans.Gateway.Auth.Rtm2;

/// <summary>Checks RTM2 access tokens, the ones that begin with <c>007</c> (feature row R8).</summary>
/// <remarks>
/// <para>They sign in with the messaging service (2 or 8) and its privilege 1, and join the stream channel that the
/// media service (1) names with its privilege 1. One token may do both, and join several channels. A privilege ends
/// with its own lifetime or the token's, whichever is shorter; 0 is the token's.</para>
/// <para>A service 8 may list what the session reads and writes. Then only such a one signs in: another beside it,
/// which lists nothing, would open more than the issuer meant. Of several the first that is in force counts.</para>
/// <para>Errors: 10003 INVALID_APP_ID for no app, 10016 INCONSISTENT_APPID for another;
/// 10009 TOKEN_EXPIRED for a genuine token whose time is over;
/// 10015 LOGIN_NOT_AUTHORIZED for one that opens nothing here; 10006 INVALID_USER_ID for one that names no user; 10005
/// INVALID_TOKEN for anything else. Instances are immutable and may be shared.</para>
/// </remarks>
public sealed class Rtm2TokenVerifier : ITokenVerifier
{
    private const ushort LoginPrivilege = 1;
    private const ushort JoinPrivilege = 1;

    private readonly string _appId;
    private readonly byte[] _certificate;
    private readonly Rtm2TokenRules _rules;

    /// <summary>Checks tokens of this app.</summary>
    /// <param name="credentials">The app id, and the secret that is the app's certificate.</param>
    /// <param name="rules">What tokens must satisfy.</param>
    public Rtm2TokenVerifier(AppCredentials credentials, Rtm2TokenRules rules)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(rules);
        _appId = credentials.Key;
        _certificate = Encoding.UTF8.GetBytes(credentials.Secret);
        _rules = rules;
    }

    /// <summary>Whether a text is of this kind: it can still be refused.</summary>
    public static bool IsOne(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.StartsWith(Rtm2TokenFormat.Prefix, StringComparison.Ordinal);
    }

    /// <inheritdoc />
    public Outcome<VerifiedToken> Verify(string token, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (!Rtm2TokenFormat.TryUnpack(token, out var signature, out var body))
            return Invalid(Rtm2TokenReader.NotOne);
        var reader = new Rtm2TokenReader(body);
        if (reader.TakeToken() is not { } content)
            return Invalid(reader.Fault ?? Rtm2TokenReader.NotOne);
        if (content.AppId.Length == 0)
            return new Refusal(ErrorCode.InvalidAppId, "The token names no app.");
        if (!string.Equals(content.AppId, _appId, StringComparison.OrdinalIgnoreCase))
            return new Refusal(ErrorCode.InconsistentAppid, "The token is for another app.");
        var expected = Rtm2TokenFormat.Sign(body.Span, content.IssuedAt, content.Salt, _certificate);
        if (!CryptographicOperations.FixedTimeEquals(expected, signature.Span))
            return Invalid("The token's signature is wrong.");

        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(content.IssuedAt);
        var expiresAt = issuedAt.AddSeconds(content.Lifetime);
        if (expiresAt <= now)
            return Expired();
        if (expiresAt - now > _rules.LifetimeMax + _rules.ClockSkew)
            return Invalid($"The token's end lies more than {_rules.LifetimeMax.TotalHours:0.##} hours ahead.");
        if (issuedAt - now > _rules.ClockSkew)
            return Invalid("The token was issued in the future.");
        return Grant(content, issuedAt, expiresAt, now);
    }

    private static Outcome<VerifiedToken> Grant(
        Rtm2Token content, DateTimeOffset issuedAt, DateTimeOffset expiresAt, DateTimeOffset now)
    {
        var grants = content.Services
            .Select(service => ToGrant(service, issuedAt, expiresAt))
            .OfType<VerifiedToken>()
            .OrderBy(grant => grant.Channel is not null)
            .ToList();
        if (content.Services.Any(service => service.Permissions is not null))
            grants.RemoveAll(grant => grant is { Channel: null, Permissions: null });
        if (grants.Count == 0)
            return new Refusal(
                ErrorCode.LoginNotAuthorized, "The token opens neither sign-in nor a stream channel of a user.");
        var inForce = grants.Where(grant => grant.ExpiresAt > now).ToList();
        if (inForce.Count == 0)
            return Expired();
        if (inForce[0].UserId.Length == 0)
            return new Refusal(ErrorCode.InvalidUserId, "The token's user id is empty.");
        return inForce[0] with { Further = inForce.Skip(1).Where(grant => grant.UserId.Length > 0).ToArray() };
    }

    /// <summary>What a service opens here; null when it is nothing.</summary>
    private static VerifiedToken? ToGrant(Rtm2Service service, DateTimeOffset issuedAt, DateTimeOffset expiresAt)
    {
        var (privilege, channel) = service switch
        {
            { Type: Rtm2ServiceType.Rtm or Rtm2ServiceType.Rtm2 } => (LoginPrivilege, (string?)null),
            { Type: Rtm2ServiceType.Rtc, Channel.Length: > 0 } => (JoinPrivilege, service.Channel),
            _ => default,
        };
        if (privilege == default || !service.Privileges.TryGetValue(privilege, out var seconds))
            return null;
        var end = issuedAt.AddSeconds(seconds);
        return new(
            service.UserId, seconds == 0 || end > expiresAt ? expiresAt : end, issuedAt, TokenId: null, channel)
        {
            Permissions = service.Permissions,
        };
    }

    private static Outcome<VerifiedToken> Expired() =>
        new Refusal(ErrorCode.TokenExpired, "The token has expired.");

    private static Outcome<VerifiedToken> Invalid(string message) => new Refusal(ErrorCode.InvalidToken, message);
}
