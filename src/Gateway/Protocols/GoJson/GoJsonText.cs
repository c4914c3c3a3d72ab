using System.Buffers;
using System.Globalization;
using System.Text;

namespace ImOrleans.Gateway.Protocols.GoJson;

/// <summary>Texts as Go's encoder writes them, and names as its decoder compares them.</summary>
/// <remarks>
/// The servers that two protocols come from were written in Go. It escapes <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c>, U+2028 and
/// U+2029 as well as what JSON asks for, and nothing else; of control characters only three in short (others since Go 1.22);
/// it takes half a surrogate pair, or bytes that are no UTF-8, for U+FFFD.
/// </remarks>
internal static class GoJsonText
{
    private const string Special = "\"\\<>&";

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        Special + "\u2028\u2029" + string.Concat(Enumerable.Range(0, ' ').Select(c => (char)c))
        + string.Concat(Enumerable.Range(0xD800, 0x800).Select(c => (char)c)));

    /// <summary>A text with its quotes, in UTF-8.</summary>
    public static byte[] Encode(string text)
    {
        var writer = new ArrayBufferWriter<byte>(text.Length + 2);
        Write(writer, text);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a text with its quotes.</summary>
    public static void Write(IBufferWriter<byte> writer, string text)
    {
        writer.Write("\""u8);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAny(Escaped);
            WriteUtf8(writer, plain < 0 ? rest : rest[..plain]);
            if (plain < 0)
                break;
            rest = rest[plain..];
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done
                && rune.Value > char.MaxValue)
                WriteUtf8(writer, rest[..length]);
            else
                WriteEscaped(writer, rest[0]);
            rest = rest[length..];
        }

        writer.Write("\""u8);
    }

    /// <summary>Writes a number.</summary>
    public static void Write(IBufferWriter<byte> writer, long number)
    {
        var span = writer.GetSpan(20);
        _ = number.TryFormat(span, out var written, provider: CultureInfo.InvariantCulture);
        writer.Advance(written);
    }

    /// <summary>Reads what is between the quotes of a well-formed text.</summary>
    public static string Read(ReadOnlySpan<byte> escaped)
    {
        var text = new StringBuilder(escaped.Length);
        Span<char> units = stackalloc char[2];
        while (!escaped.IsEmpty)
        {
            if (escaped[0] == '\\')
            {
                escaped = escaped[ReadEscape(escaped, text)..];
                continue;
            }

            var isRune = Rune.DecodeFromUtf8(escaped, out var rune, out var length) == OperationStatus.Done;
            text.Append(units[..rune.EncodeToUtf16(units)]);
            // One mark a byte that is none.
            escaped = escaped[(isRune ? length : 1)..];
        }

        return text.ToString();
    }

    /// <summary>Whether a field's name is the one that is meant, by Go's folding of cases.</summary>
    public static bool IsName(string name, string meant)
    {
        if (name.Length != meant.Length)
            return false;
        for (var i = 0; i < name.Length; i++)
            if (Fold(name[i]) != Fold(meant[i]))
                return false;
        return true;
    }

    /// <remarks>The long s and the Kelvin sign have plain letters as their other cases.</remarks>
    private static char Fold(char letter) => letter switch
    {
        >= 'A' and <= 'Z' => (char)(letter | 0x20),
        '\u017F' => 's',
        '\u212A' => 'k',
        _ => letter,
    };

    /// <summary>How long the escape is; a pair of two counts as one.</summary>
    private static int ReadEscape(ReadOnlySpan<byte> escaped, StringBuilder text)
    {
        switch (escaped[1])
        {
            case (byte)'u':
                var unit = Unit(escaped);
                if (char.IsHighSurrogate(unit) && escaped.Length >= 12 && escaped[6] == '\\' && escaped[7] == 'u'
                    && char.IsLowSurrogate(Unit(escaped[6..])))
                {
                    text.Append(unit).Append(Unit(escaped[6..]));
                    return 12;
                }

                text.Append(char.IsSurrogate(unit) ? '\uFFFD' : unit);
                return 6;
            case (byte)'b':
                text.Append('\b');
                return 2;
            case (byte)'f':
                text.Append('\f');
                return 2;
            case (byte)'n':
                text.Append('\n');
                return 2;
            case (byte)'r':
                text.Append('\r');
                return 2;
            case (byte)'t':
                text.Append('\t');
                return 2;
            default:
                text.Append((char)escaped[1]);
                return 2;
        }
    }

    private static char Unit(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static void WriteUtf8(IBufferWriter<byte> writer, ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty)
            Encoding.UTF8.GetBytes(text, writer);
    }

    private static void WriteEscaped(IBufferWriter<byte> writer, char unit)
    {
        switch (unit)
        {
            case '"':
                writer.Write("\\\""u8);
                break;
            case '\\':
                writer.Write("\\\\"u8);
                break;
            case '\n':
                writer.Write("\\n"u8);
                break;
            case '\r':
                writer.Write("\\r"u8);
                break;
            case '\t':
                writer.Write("\\t"u8);
                break;
            default:
                WriteUtf8(writer, char.IsSurrogate(unit)
                    ? "\\ufffd"
                    : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"));
                break;
        }
    }
}
