using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImOrleans.Client.Wire;

/// <summary>A value as JSON text, which is sent as it is: no writer escapes it again.</summary>
/// <param name="Text">The text.</param>
[JsonConverter(typeof(Converter))]
internal sealed record RawJson(string Text)
{
    private const int EscapeLength = 6;

    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes a value with as few escapes as JSON allows. The framework escapes all that is not in the basic plane, emoji for
    /// instance, whichever encoder it has; those escapes are taken back.
    /// </summary>
    public static RawJson Of(object value)
    {
        var json = JsonSerializer.Serialize(value, Json);
        var text = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
            {
                text.Append(json[i]);
            }
            else if (UnitAt(json, i) is { } high && UnitAt(json, i + EscapeLength) is { } low && char.IsSurrogatePair(high, low))
            {
                text.Append(high).Append(low);
                i += (2 * EscapeLength) - 1;
            }
            else
            {
                text.Append(json[i]).Append(json[++i]);
            }
        }

        return new(text.ToString());
    }

    private static char? UnitAt(string json, int at) =>
        at + EscapeLength <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
            ? (char)ushort.Parse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : null;

    private sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("It is only written.");

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Text);
    }
}
