using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Sessions;

/// <summary>What a client shows to come back to its session: which one it was, and a secret that only it was told.</summary>
/// <remarks>It is no proof of who somebody is: a connection that shows one needs a token like any other.</remarks>
/// <param name="Session">The session.</param>
/// <param name="Secret">128 random bits.</param>
internal sealed record SessionKey(SessionId Session, string Secret)
{
    /// <summary>The longest text that is looked at.</summary>
    public const int TextLengthMax = 512;

    private const char Separator = '\n';

    /// <summary>The key of a new session.</summary>
    public static SessionKey New(SessionId session) =>
        new(session, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));

    /// <summary>Reads what <see cref="ToText"/> wrote; false for anything else.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SessionKey? key)
    {
        key = null;
        if (text.Length is 0 or > TextLengthMax || !Base64Url.IsValid(text))
            return false;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Separator);
        if (parts is not [var number, var secret, var gateway]
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sessionNumber))
            return false;
        key = new(new(new(gateway), sessionNumber), secret);
        return true;
    }

    /// <summary>The key as clients are given it.</summary>
    public string ToText() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Join(Separator, Session.Number.ToString(CultureInfo.InvariantCulture), Secret, Session.Gateway.Value)));

    /// <summary>True for the same key, in a time that tells nothing of the secret.</summary>
    public bool Matches(SessionKey other) => Session == other.Session
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(other.Secret));

    /// <inheritdoc />
    public override string ToString() => Session.ToString(); // Without the secret, wherever it is written.
}
