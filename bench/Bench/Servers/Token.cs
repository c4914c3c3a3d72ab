using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ImOrleans.Bench.Servers;

/// <summary>Signs tokens as an app server does.</summary>
internal static class Token
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>A JWT with HS256 for a user.</summary>
    public static string Sign(string secret, string user)
    {
        var now = DateTimeOffset.UtcNow;
        var claims = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["sub"] = user,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
        });
        var signed = $"{Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(claims)}";
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }
}
