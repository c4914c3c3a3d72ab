using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ImOrleans.ClientKit;

/// <summary>Signs tokens as an app server would, from the documentation alone and without the server's code.</summary>
public static class TestToken
{
    /// <summary>A JWT with HS256.</summary>
    /// <param name="secret">The app's secret, as configured.</param>
    /// <param name="claims">An object whose properties are the claims.</param>
    public static string Sign(string secret, object claims)
    {
        var head = Encode("""{"alg":"HS256","typ":"JWT"}"""u8);
        var body = Encode(JsonSerializer.SerializeToUtf8Bytes(claims));
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes($"{head}.{body}"));
        return $"{head}.{body}.{Encode(signature)}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
