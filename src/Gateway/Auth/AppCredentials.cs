using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ImOrleans.Gateway.Auth;

/// <summary>The app that this server serves: its id, and the secret it shares with the app's own servers.</summary>
/// <remarks>
/// Both are 32 hexadecimal digits; upper case is turned into lower case. The key of every HMAC (tokens, server
/// calls) is the UTF-8 text of the lower-case secret, 32 bytes, and not the 16 bytes that the digits stand for: app
/// servers that sign must do the same. The secret is not part of <see cref="ToString"/>.
/// </remarks>
public sealed class AppCredentials
{
    /// <summary>How many hexadecimal digits the id has, and the secret.</summary>
    public const int Digits = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Takes an id and a secret of 32 hexadecimal digits each.</summary>
    /// <exception cref="ArgumentException">One of them is something else.</exception>
    public AppCredentials(string key, string secret)
    {
        Key = TryNormalise(key, out var normalKey)
            ? normalKey
            : throw new ArgumentException("The app key must be 32 hexadecimal digits.", nameof(key));
        Secret = TryNormalise(secret, out var normalSecret)
            ? normalSecret
            : throw new ArgumentException("The app secret must be 32 hexadecimal digits.", nameof(secret));
    }

    /// <summary>The app id, public; 32 hexadecimal digits in lower case.</summary>
    public string Key { get; }

    /// <summary>The app secret; 32 hexadecimal digits in lower case. Never logged, never sent.</summary>
    public string Secret { get; }

    /// <summary>The key for HMAC: the 32 bytes of the secret's UTF-8 text.</summary>
    public byte[] GetSigningKey() => Encoding.UTF8.GetBytes(Secret);

    /// <summary>Tells whether the text is 32 hexadecimal digits, and gives them in lower case.</summary>
    public static bool TryNormalise([NotNullWhen(true)] string? text, [NotNullWhen(true)] out string? normal)
    {
        normal = text is { Length: Digits } && !text.AsSpan().ContainsAnyExcept(HexDigits)
            ? text.ToLowerInvariant()
            : null;
        return normal is not null;
    }

    /// <summary>The app id alone.</summary>
    public override string ToString() => Key;
}
