using ImOrleans.Domain.Errors;
using System.Text.Json;

namespace ImOrleans.Gateway.Auth;

/// <summary>What a token must satisfy beside its signature.</summary>
public sealed record JsonWebTokenRules
{
    /// <summary>The algorithms a token may name. Default: HS256 alone.</summary>
    public IReadOnlyList<JsonWebTokenAlgorithm> Algorithms { get; init; } = [JsonWebTokenAlgorithm.HS256];

    /// <summary>The longest time a token may still have to live. Default: 24 hours.</summary>
    public TimeSpan LifetimeMax { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How far the issuer's clock may be ahead of ours. Default: 60 seconds.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Checks JSON Web Tokens (RFC 7519) that are signed with a shared key.</summary>
/// <remarks>
/// <para>Claims: <c>sub</c>, else <c>uid</c>, is the user id, a string (when both are there, <c>sub</c> counts);
/// <c>exp</c> is required; <c>iat</c>, <c>nbf</c>, <c>jti</c> and <c>chan</c> are optional; others are ignored. Times
/// are Unix seconds, whole or with a fraction. A known claim of the wrong type is refused, never skipped.</para>
/// <para>A token is expired from <c>exp</c> on, without tolerance: a session ends at the same instant. Tolerance for
/// an issuer whose clock is ahead exists for <c>iat</c>, <c>nbf</c> and the longest life.</para>
/// <para>A token that lives too long is refused, not cut short: cut short, it would be accepted again at every
/// connection, and a leaked one would in truth serve until its own <c>exp</c>; and the app server's mistake would
/// stay unseen.</para>
/// <para>Errors: 10009 TOKEN_EXPIRED for a genuine token whose time is over, 10006 INVALID_USER_ID for an empty user
/// id, 10005 INVALID_TOKEN for anything else. Instances are immutable and may be shared.</para>
/// </remarks>
public sealed class JsonWebTokenVerifier : ITokenVerifier
{
    // The last second that DateTimeOffset can hold.
    private const decimal UnixSecondsMax = 253_402_300_799;

    private readonly byte[] _key;
    private readonly JsonWebTokenRules _rules;

    /// <summary>Checks tokens signed with this key.</summary>
    /// <param name="key">The shared key, at least one byte; see <see cref="AppCredentials.GetSigningKey"/>.</param>
    /// <param name="rules">What tokens must satisfy.</param>
    public JsonWebTokenVerifier(ReadOnlySpan<byte> key, JsonWebTokenRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (key.IsEmpty) throw new ArgumentException("The key must not be empty.", nameof(key));
        _key = key.ToArray();
        _rules = rules;
    }

    /// <inheritdoc />
    public Outcome<VerifiedToken> Verify(string token, DateTimeOffset now)
    {
        if (!JsonWebSignature.TryVerify(token, _key, _rules.Algorithms, out var payload, out var problem))
            return Invalid(problem);
        if (!StrictJson.TryParseObject(payload, out var document))
            return Invalid("The token's claims are malformed.");
        using (document) return Judge(document.RootElement, now);
    }

    private Outcome<VerifiedToken> Judge(JsonElement claims, DateTimeOffset now)
    {
        if (!TryReadDate(claims, "exp", out var expiresAt)) return WrongType("exp", "a time in Unix seconds");
        if (!TryReadDate(claims, "nbf", out var notBefore)) return WrongType("nbf", "a time in Unix seconds");
        if (!TryReadDate(claims, "iat", out var issuedAt)) return WrongType("iat", "a time in Unix seconds");
        if (!TryReadText(claims, "jti", out var tokenId)) return WrongType("jti", "a string that is not empty");
        if (!TryReadText(claims, "chan", out var channel)) return WrongType("chan", "a string that is not empty");

        if (expiresAt is null) return Invalid("The token has no expiry (exp).");
        if (!claims.TryGetProperty("sub", out var user) && !claims.TryGetProperty("uid", out user))
            return Invalid("The token names no user (sub or uid).");
        if (StrictJson.ReadString(user) is not { } userId) return Invalid("The token's user id is not a string.");

        if (expiresAt <= now) return new Refusal(ErrorCode.TokenExpired, "The token has expired.");
        if (expiresAt - now > _rules.LifetimeMax + _rules.ClockSkew)
            return Invalid($"The token's expiry (exp) lies more than {Describe(_rules.LifetimeMax)} ahead.");
        if (issuedAt - now > _rules.ClockSkew) return Invalid("The token was issued (iat) in the future.");
        if (notBefore - now > _rules.ClockSkew) return Invalid("The token is not valid yet (nbf).");
        if (userId.Length == 0)
            return new Refusal(ErrorCode.InvalidUserId, "The token's user id is empty.");
        return new VerifiedToken(userId, expiresAt.Value, issuedAt, tokenId, channel);
    }

    /// <summary>False for a claim that is there and no time; true with null for one that is not there.</summary>
    private static bool TryReadDate(JsonElement claims, string name, out DateTimeOffset? date)
    {
        date = null;
        if (!claims.TryGetProperty(name, out var value)) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var seconds)) return false;
        if (seconds is < 0 or > UnixSecondsMax) return false;
        date = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>False for a claim that is there and no text; true with null for one that is not there.</summary>
    private static bool TryReadText(JsonElement claims, string name, out string? text)
    {
        text = null;
        if (!claims.TryGetProperty(name, out var value)) return true;
        text = StrictJson.ReadString(value);
        return !string.IsNullOrEmpty(text);
    }

    private static string Describe(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{time.TotalHours:0.##} hours" : $"{time.TotalMinutes:0.##} minutes";

    private static Outcome<VerifiedToken> WrongType(string claim, string wanted) =>
        Invalid($"The token's {claim} is not {wanted}.");

    private static Outcome<VerifiedToken> Invalid(string message) => new Refusal(ErrorCode.InvalidToken, message);
}
