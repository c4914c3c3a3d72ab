using System.Globalization;
using System.Text;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>Text as a JSON string, byte for byte as the original writes it: with the encoder of Go.</summary>
/// <remarks>
/// Letters outside of ASCII stay as they are; <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c> and the two line separators of Unicode are
/// escaped, and so are control characters, the usual ones in short.
/// </remarks>
internal static class GoJsonText
{
    /// <summary>The string with its quotes, in UTF-8.</summary>
    public static byte[] Encode(string text)
    {
        var json = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
            Append(json, rune);
        return Encoding.UTF8.GetBytes(json.Append('"').ToString());
    }

    private static void Append(StringBuilder json, Rune rune)
    {
        switch (rune.Value)
        {
            case '"' or '\\':
                json.Append('\\').Append((char)rune.Value);
                break;
            case '\n':
                json.Append("\\n");
                break;
            case '\r':
                json.Append("\\r");
                break;
            case '\t':
                json.Append("\\t");
                break;
            case < ' ' or '<' or '>' or '&' or 0x2028 or 0x2029:
                json.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
                break;
            default:
                json.Append(rune);
                break;
        }
    }
}
