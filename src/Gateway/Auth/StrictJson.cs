using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace ImOrleans.Gateway.Auth;

/// <summary>JSON in which two readers cannot disagree: valid UTF-8, one object, no member twice, no comments.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public static bool TryParseObject(byte[] utf8, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!Utf8.IsValid(utf8)) return false;
        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The latter is how the reader reports an escape of half a surrogate pair in a name.
            return false;
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object) return true;
        document.Dispose();
        document = null;
        return false;
    }

    /// <summary>The text of a string value; null for any other kind, and for text that is not valid Unicode.</summary>
    public static string? ReadString(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
