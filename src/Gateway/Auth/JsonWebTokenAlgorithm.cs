using System.Security.Cryptography;

namespace ImOrleans.Gateway.Auth;

/// <summary>A signature algorithm of RFC 7518 that can be put on the list of accepted ones.</summary>
/// <remarks>
/// <c>none</c> is not among them and cannot be listed. RFC 7518 §3.2 asks for a key at least as long as the hash:
/// an app secret's 32 characters serve HS256; the longer ones add no strength with the same secret.
/// </remarks>
public sealed class JsonWebTokenAlgorithm
{
    private readonly ComputeHmac _compute;

    private JsonWebTokenAlgorithm(string name, int signatureBytes, ComputeHmac compute)
    {
        Name = name;
        SignatureBytes = signatureBytes;
        _compute = compute;
    }

    private delegate int ComputeHmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>HMAC with SHA-256.</summary>
    public static JsonWebTokenAlgorithm HS256 { get; } =
        new("HS256", HMACSHA256.HashSizeInBytes, HMACSHA256.HashData);

    /// <summary>HMAC with SHA-384.</summary>
    public static JsonWebTokenAlgorithm HS384 { get; } =
        new("HS384", HMACSHA384.HashSizeInBytes, HMACSHA384.HashData);

    /// <summary>HMAC with SHA-512.</summary>
    public static JsonWebTokenAlgorithm HS512 { get; } =
        new("HS512", HMACSHA512.HashSizeInBytes, HMACSHA512.HashData);

    /// <summary>Every algorithm that may be listed.</summary>
    public static IReadOnlyList<JsonWebTokenAlgorithm> Supported { get; } = [HS256, HS384, HS512];

    /// <summary>The name in the token's header, compared exactly.</summary>
    public string Name { get; }

    /// <summary>The length of a signature, in bytes.</summary>
    public int SignatureBytes { get; }

    /// <summary>The algorithm of that name, or null.</summary>
    public static JsonWebTokenAlgorithm? Find(string name) =>
        Supported.FirstOrDefault(algorithm => string.Equals(algorithm.Name, name, StringComparison.Ordinal));

    /// <summary>Signs.</summary>
    public byte[] Sign(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        var signature = new byte[SignatureBytes];
        _compute(key, input, signature);
        return signature;
    }

    /// <summary>
    /// Tells whether the signature is that of the input, in a time that does not depend on the difference.
    /// </summary>
    public bool IsSignature(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature) =>
        CryptographicOperations.FixedTimeEquals(Sign(key, input), signature);

    /// <inheritdoc />
    public override string ToString() => Name;
}
