using System.Text;
using ImOrleans.Gateway.Auth;

namespace ImOrleans.Gateway.Tests.Auth;

/// <summary>Tokens for tests, made from JSON text, so that any malformed one can be made too.</summary>
internal static class Tokens
{
    public const string AppKey = "00112233445566778899aabbccddeeff";
    public const string Secret = "0123456789abcdef0123456789abcdef";

    public static byte[] Key { get; } = Encoding.UTF8.GetBytes(Secret);

    public static long Now { get; } = TestTime.Start.ToUnixTimeSeconds();

    public static string Sign(string claims) =>
        JsonWebSignature.Sign(Encoding.UTF8.GetBytes(claims), Key, JsonWebTokenAlgorithm.HS256);

    public static string SignAs(string header, string claims) =>
        SignAs(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(claims));

    /// <summary>Any header, any payload, and a genuine HS256 signature over them.</summary>
    public static string SignAs(byte[] header, byte[] claims)
    {
        var input = $"{Encode(header)}.{Encode(claims)}";
        return $"{input}.{Encode(JsonWebTokenAlgorithm.HS256.Sign(Key, Encoding.ASCII.GetBytes(input)))}";
    }

    public static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    public static string For(string userId, TimeSpan lifetime) =>
        Sign($$"""{"sub":"{{userId}}","exp":{{Now + (long)lifetime.TotalSeconds}}}""");
}
