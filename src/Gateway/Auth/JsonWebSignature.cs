using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ImOrleans.Gateway.Auth;

/// <summary>Signed text in the compact form of RFC 7515: <c>header.payload.signature</c>, each in base64url.</summary>
public static class JsonWebSignature
{
    /// <summary>
    /// A longer token is refused unread. Unit: characters. Ours have about 300; web servers take 8 KiB a header.
    /// </summary>
    public const int TokenCharsMax = 8 * 1024;

    /// <summary>Checks the form, the header and the signature; nothing of the payload.</summary>
    /// <remarks>
    /// The header must be a JSON object with <c>alg</c> out of <paramref name="accepted"/> and, if it has one, the
    /// <c>typ</c> JWT. <c>crit</c> is refused, since no extension is understood here; other members, <c>kid</c> and
    /// the key-carrying ones among them, are ignored: the key is the caller's alone.
    /// </remarks>
    /// <param name="token">What the client sent.</param>
    /// <param name="key">The shared key.</param>
    /// <param name="accepted">The algorithms a token may name.</param>
    /// <param name="payload">The payload, if the signature is genuine.</param>
    /// <param name="problem">What is wrong, for a person, if it is not.</param>
    public static bool TryVerify(
        string token,
        ReadOnlySpan<byte> key,
        IReadOnlyList<JsonWebTokenAlgorithm> accepted,
        [NotNullWhen(true)] out byte[]? payload,
        [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(accepted);
        payload = null;
        problem = "The token is not a JSON Web Token.";
        if (token.Length is 0 or > TokenCharsMax) return false;
        var headerEnd = token.IndexOf('.', StringComparison.Ordinal);
        var payloadEnd = headerEnd < 0 ? -1 : token.IndexOf('.', headerEnd + 1);
        if (payloadEnd < 0) return false;
        // A further dot is outside the alphabet, so the five parts of an encrypted token end here too.
        if (!StrictBase64Url.TryDecode(token.AsSpan(0, headerEnd), out var header)
            || !StrictBase64Url.TryDecode(token.AsSpan(headerEnd + 1, payloadEnd - headerEnd - 1), out var content)
            || !StrictBase64Url.TryDecode(token.AsSpan(payloadEnd + 1), out var signature))
            return false;

        var algorithm = ReadHeader(header, accepted, out problem);
        if (algorithm is null) return false;
        var signed = Encoding.ASCII.GetBytes(token, 0, payloadEnd);
        if (!algorithm.IsSignature(key, signed, signature))
        {
            problem = "The token's signature is wrong.";
            return false;
        }

        payload = content;
        problem = null;
        return true;
    }

    /// <summary>Signs a payload.</summary>
    public static string Sign(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> key, JsonWebTokenAlgorithm algorithm)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        var header = Encoding.ASCII.GetBytes($$"""{"alg":"{{algorithm.Name}}","typ":"JWT"}""");
        var input = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return $"{input}.{Base64Url.EncodeToString(algorithm.Sign(key, Encoding.ASCII.GetBytes(input)))}";
    }

    private static JsonWebTokenAlgorithm? ReadHeader(
        byte[] header, IReadOnlyList<JsonWebTokenAlgorithm> accepted, out string problem)
    {
        problem = "The token's header is malformed.";
        if (!StrictJson.TryParseObject(header, out var document)) return null;
        using (document)
        {
            var members = document.RootElement;
            if (members.TryGetProperty("crit", out _))
            {
                problem = "The token asks for an extension (crit) that is not supported.";
                return null;
            }

            // Media types ignore case (RFC 7519 §5.1).
            if (members.TryGetProperty("typ", out var type)
                && !string.Equals(StrictJson.ReadString(type), "JWT", StringComparison.OrdinalIgnoreCase))
            {
                problem = "The token's type (typ) is not JWT.";
                return null;
            }

            if (!members.TryGetProperty("alg", out var name) || StrictJson.ReadString(name) is not { } wanted)
                return null;
            problem = "The token's algorithm (alg) is not accepted.";
            return accepted.FirstOrDefault(
                algorithm => string.Equals(algorithm.Name, wanted, StringComparison.Ordinal));
        }
    }
}
