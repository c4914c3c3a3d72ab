using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;

namespace ImOrleans.Gateway.Auth.Rtm2;

/// <summary>
/// The text of an RTM2 access token: <c>007</c>, then base64 of zlib of the signature's length and bytes and the body.
/// </summary>
/// <remarks>
/// All numbers are little-endian. The signature is HMAC-SHA256 over the body; its key is HMAC-SHA256 over the app's
/// certificate with the issue time as key, and once more over that with the salt as key.
/// </remarks>
internal static class Rtm2TokenFormat
{
    /// <summary>What the text begins with. No JSON Web Token does.</summary>
    public const string Prefix = "007";

    /// <summary>A longer text is refused unread. Unit: characters. Ordinary ones have 150 to 400.</summary>
    public const int TokenCharsMax = 8 * 1024;

    /// <summary>More than this is never unpacked, however much the text holds. Unit: bytes.</summary>
    public const int UnpackedBytesMax = 16 * 1024;

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    /// <summary>Takes a text apart; false when it is no such token.</summary>
    /// <param name="text">What the client sent.</param>
    /// <param name="signature">The signature that it carries.</param>
    /// <param name="body">What was signed.</param>
    public static bool TryUnpack(
        string text, out ReadOnlyMemory<byte> signature, out ReadOnlyMemory<byte> body)
    {
        (signature, body) = (default, default);
        if (text.Length > TokenCharsMax || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !TryDecode(text.AsSpan(Prefix.Length), out var packed) || !TryInflate(packed, out var content))
            return false;
        var reader = new Rtm2TokenReader(content);
        if (reader.TakeBytes() is not { Length: HMACSHA256.HashSizeInBytes } taken)
            return false;
        signature = taken;
        body = reader.Rest;
        return true;
    }

    /// <summary>The signature that a body must have.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> body, uint issuedAt, uint salt, ReadOnlySpan<byte> certificate)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(number, issuedAt);
        HMACSHA256.HashData(number, certificate, key);
        BinaryPrimitives.WriteUInt32LittleEndian(number, salt);
        HMACSHA256.HashData(number, key, key);
        return HMACSHA256.HashData(key, body);
    }

    /// <summary>Base64 with its padding, and nothing else between or behind.</summary>
    private static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        var digits = text.TrimEnd('=');
        if (text.Length == 0 || text.Length % 4 != 0 || text.Length - digits.Length > 2
            || digits.ContainsAnyExcept(Alphabet))
            return false;
        var decoded = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(text, decoded, out var count))
            return false;
        bytes = decoded[..count];
        return true;
    }

    private static bool TryInflate(byte[] packed, out ReadOnlyMemory<byte> content)
    {
        content = default;
        var unpacked = new byte[UnpackedBytesMax + 1];
        try
        {
            using var inflate = new ZLibStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
            var count = inflate.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false);
            content = unpacked.AsMemory(0, count);
            return count <= UnpackedBytesMax && HasChecksum(packed, content.Span);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Whether a stream ends with the check sum of its content (RFC 1950): the framework does not miss it.</summary>
    private static bool HasChecksum(ReadOnlySpan<byte> packed, ReadOnlySpan<byte> content)
    {
        const uint prime = 65_521;
        var (low, high) = (1u, 0u);
        foreach (var part in content)
        {
            low = (low + part) % prime;
            high = (high + low) % prime;
        }

        return packed.Length >= sizeof(uint)
            && BinaryPrimitives.ReadUInt32BigEndian(packed[^sizeof(uint)..]) == (high << 16 | low);
    }
}
