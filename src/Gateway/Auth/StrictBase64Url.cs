using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace ImOrleans.Gateway.Auth;

/// <summary>Base64url as RFC 7515 wants it: no padding, no white space, one spelling for each value.</summary>
/// <remarks>
/// The framework's decoder forgives padding and white space. Here a token has exactly one spelling, so that a
/// token remembered by its text (a renewal with the same one, a revoked one) cannot come back in another.
/// </remarks>
internal static class StrictBase64Url
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static readonly SearchValues<char> AlphabetSet = SearchValues.Create(Alphabet);

    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.ContainsAnyExcept(AlphabetSet)) return false;
        // The bits of the last character that belong to no byte must be zero.
        var strayBits = (text.Length % 4) switch { 0 => 0, 2 => 0b1111, 3 => 0b11, _ => -1 };
        if (strayBits < 0) return false;
        if (strayBits > 0 && (Alphabet.IndexOf(text[^1]) & strayBits) != 0) return false;
        bytes = Base64Url.DecodeFromChars(text);
        return true;
    }
}
