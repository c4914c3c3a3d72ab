using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImOrleans.Gateway.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>Tells whether a call comes from the app's own servers, by its four headers.</summary>
/// <remarks>
/// <c>Signature</c> is the SHA-1 of secret, nonce and timestamp, one behind the other as UTF-8, in hexadecimal digits;
/// <c>App-Key</c> names the app; <c>Timestamp</c> is Unix time in milliseconds, or in seconds when it has at most ten
/// digits; <c>Nonce</c> is a text of 1 to 64 characters that this process sees once. Each name may have <c>RC-</c> before it,
/// and is there once, with it or without.
/// The body is not signed: what guards it on its way is TLS. <b>Source:</b> feature row RC1.
/// </remarks>
internal sealed class CallSignature(AppCredentials app, TimeProvider clock, IOptions<ServerApiOptions> options)
{
    private const int NonceLengthMax = 64;
    private const int SecondsDigitsMax = 10;

    private readonly NonceMemory _nonces = new(options.Value.NoncesMax);

    /// <summary>Null when the call may be done; once, as its nonce is spent then.</summary>
    public ServerApiRefusal? Verify(IHeaderDictionary headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (Header(headers, "App-Key") is not { } key || Header(headers, "Nonce") is not { } nonce
            || Header(headers, "Timestamp") is not { } timestamp || Header(headers, "Signature") is not { } signature)
            return ServerApiRefusal.Signature(
                "The headers App-Key, Nonce, Timestamp and Signature have to be there, each once.");
        if (!AppCredentials.TryNormalise(key, out var normalKey) || normalKey != app.Key)
            return ServerApiRefusal.Signature("The App-Key is not that of this server's app.");

        // Before anything is said about its parts, which only those who sign need to know.
        if (!IsSignature(signature, nonce, timestamp))
            return ServerApiRefusal.Signature("The Signature is not that of this secret, nonce and timestamp.");
        if (nonce.Length > NonceLengthMax)
            return ServerApiRefusal.Signature($"The Nonce has more than {NonceLengthMax} characters.");
        var now = clock.GetUtcNow();
        if (TimeOf(timestamp) is not { } time || (time - now).Duration() > options.Value.TimestampSkewMax)
            return ServerApiRefusal.Signature(
                $"The Timestamp is no Unix time within {options.Value.TimestampSkewMax} of the server's, "
                + $"{now.ToUnixTimeMilliseconds()}.");
        return _nonces.TryUse(nonce, time + options.Value.TimestampSkewMax, now) switch
        {
            NonceUse.First => null,
            NonceUse.Again => ServerApiRefusal.Signature("The Nonce was used before; each call needs one of its own."),
            _ => ServerApiRefusal.TooOften("More calls came than nonces can be remembered; wait before the next."),
        };
    }

    private bool IsSignature(string signature, string nonce, string timestamp)
    {
        // Named by the protocol. What is hashed has a secret of 128 bits in front; nobody can choose two of it.
#pragma warning disable CA5350
        var expected = SHA1.HashData(Encoding.UTF8.GetBytes(app.Secret + nonce + timestamp));
#pragma warning restore CA5350
        Span<byte> given = stackalloc byte[SHA1.HashSizeInBytes];
        return Convert.FromHexString(signature, given, out var read, out var written)
            == System.Buffers.OperationStatus.Done
            && read == signature.Length && written == given.Length
            && CryptographicOperations.FixedTimeEquals(given, expected);
    }

    private static DateTimeOffset? TimeOf(string text)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return null;
        return text.Length <= SecondsDigitsMax
            ? DateTimeOffset.FromUnixTimeSeconds(number)
            : DateTimeOffset.FromUnixTimeMilliseconds(number);
    }

    /// <summary>The one value of a header under either of its names; null when there is none, or more than one.</summary>
    private static string? Header(IHeaderDictionary headers, string name)
    {
        var (plain, prefixed) = (headers[name], headers["RC-" + name]);
        return (plain.Count == 0 ? prefixed : plain) is [{ Length: > 0 } value] && (plain.Count == 0 || prefixed.Count == 0)
            ? value
            : null;
    }
}
