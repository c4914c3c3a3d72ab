using System.Buffers;
using System.Text.Json;

namespace ImOrleans.Gateway.Auth;

/// <summary>What an issued token shall say.</summary>
/// <param name="UserId">The user it signs in; not empty. Whether the id is allowed is for the caller to check.</param>
/// <param name="Lifetime">How long it is in force, at least 1 second; a fraction of a second is dropped.</param>
/// <param name="TokenId">Its own id (<c>jti</c>), if it shall have one.</param>
/// <param name="Channel">The one stream channel it is for; null for a login token.</param>
public sealed record TokenOrder(string UserId, TimeSpan Lifetime, string? TokenId = null, string? Channel = null);

/// <summary>Issues HS256 tokens that this server accepts at all its doors.</summary>
/// <remarks>
/// The user id is written twice, as <c>sub</c> and as <c>uid</c>, and so are the times: beside <c>iat</c> and
/// <c>exp</c> there are <c>ctm</c> (made at) and <c>rtm</c> (renew by), which the chat room protocol's own tokens
/// carry and its clients may look at. Nothing here reads those two.
/// </remarks>
/// <param name="credentials">The app whose secret signs.</param>
public sealed class TokenIssuer(AppCredentials credentials)
{
    private readonly byte[] _key = credentials.GetSigningKey();

    /// <summary>Issues a token.</summary>
    /// <param name="order">What it shall say.</param>
    /// <param name="now">The current time; <c>iat</c> is the second it lies in, <c>exp</c> counts from there.</param>
    /// <exception cref="ArgumentException">It is for nobody, for less than a second, or too long.</exception>
    public string Issue(TokenOrder order, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (string.IsNullOrEmpty(order.UserId)) throw new ArgumentException("A token needs a user id.", nameof(order));
        if (order.TokenId is { Length: 0 } || order.Channel is { Length: 0 })
            throw new ArgumentException("A token's id and its channel are absent or not empty.", nameof(order));
        var seconds = (long)order.Lifetime.TotalSeconds;
        if (seconds < 1) throw new ArgumentException("A token lives at least one second.", nameof(order));

        var claims = Claims(order, now.ToUnixTimeSeconds(), seconds);
        var token = JsonWebSignature.Sign(claims, _key, JsonWebTokenAlgorithm.HS256);
        return token.Length <= JsonWebSignature.TokenCharsMax
            ? token
            : throw new ArgumentException("The user id, token id or channel is too long for a token.", nameof(order));
    }

    private static ReadOnlySpan<byte> Claims(TokenOrder order, long issuedAt, long seconds)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("sub", order.UserId);
            json.WriteString("uid", order.UserId);
            json.WriteNumber("iat", issuedAt);
            json.WriteNumber("exp", issuedAt + seconds);
            json.WriteNumber("ctm", issuedAt);
            json.WriteNumber("rtm", issuedAt + seconds);
            if (order.TokenId is not null) json.WriteString("jti", order.TokenId);
            if (order.Channel is not null) json.WriteString("chan", order.Channel);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }
}
