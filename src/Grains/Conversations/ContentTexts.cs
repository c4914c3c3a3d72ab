using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ImOrleans.Grains.Conversations;

/// <summary>Some texts of a JSON object: where they are, and what they say once escapes are read.</summary>
internal static class ContentTexts
{
    /// <summary>The members of the object that have one of the names and are texts; one that is there twice comes twice.</summary>
    public static ImmutableArray<ContentText> Find(ReadOnlySpan<byte> json, string[] names)
    {
        var found = ImmutableArray.CreateBuilder<ContentText>();
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                continue;
            var isNamed = IsOneOf(ref reader, names);
            reader.Read();
            if (isNamed && reader.TokenType == JsonTokenType.String)
                found.Add(new((int)reader.TokenStartIndex, (int)reader.BytesConsumed, Unescape(reader.ValueSpan)));
        }

        return found.ToImmutable();
    }

    /// <summary>The object with other texts in the places of some; all else is as it was, byte for byte.</summary>
    public static byte[] Replace(ReadOnlySpan<byte> json, IEnumerable<(ContentText Place, string Text)> replaced)
    {
        var output = new ArrayBufferWriter<byte>(json.Length);
        var end = 0;
        foreach (var (place, text) in replaced)
        {
            output.Write(json[end..place.Start]);
            output.Write(Encoding.UTF8.GetBytes(Quote(text)));
            end = place.End;
        }

        output.Write(json[end..]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Writes what has to be escaped so, halves of surrogate pairs as well, and nothing else: the framework's own writers
    /// escape all that is not in the basic plane, and refuse halves.
    /// </summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var (unit, next) = (text[i], i + 1 < text.Length ? text[i + 1] : '\0');
            if (char.IsSurrogatePair(unit, next))
                quoted.Append(unit).Append(text[++i]);
            else if (unit is '"' or '\\')
                quoted.Append('\\').Append(unit);
            else if (unit < ' ' || char.IsSurrogate(unit))
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            else
                quoted.Append(unit);
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsOneOf(ref Utf8JsonReader reader, string[] names)
    {
        // The framework's own comparison throws at halves of pairs, too.
        if (reader.ValueIsEscaped)
            return names.Contains(Unescape(reader.ValueSpan));
        foreach (var name in names)
            if (reader.ValueTextEquals(name))
                return true;
        return false;
    }

    /// <summary>
    /// Reads escapes. Halves of surrogate pairs, which the framework's own reader throws at, are taken as they are: nothing is
    /// hidden behind them.
    /// </summary>
    private static string Unescape(ReadOnlySpan<byte> escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var at = escaped.IndexOf((byte)'\\'); at >= 0; at = escaped.IndexOf((byte)'\\'))
        {
            text.Append(Encoding.UTF8.GetString(escaped[..at]));
            var isUnicode = escaped[at + 1] == 'u';
            text.Append(escaped[at + 1] switch
            {
                (byte)'u' => (char)ushort.Parse(
                    escaped.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                var itself => (char)itself,
            });
            escaped = escaped[(at + (isUnicode ? 6 : 2))..];
        }

        return text.Append(Encoding.UTF8.GetString(escaped)).ToString();
    }
}

/// <summary>A text in a JSON object.</summary>
/// <param name="Start">Where its first quotation mark is.</param>
/// <param name="End">Behind its last quotation mark.</param>
/// <param name="Text">What it says.</param>
internal readonly record struct ContentText(int Start, int End, string Text);
