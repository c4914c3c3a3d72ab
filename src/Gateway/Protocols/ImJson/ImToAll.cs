using System.Text.Encodings.Web;
using System.Text.Json;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>A message to all users of an app, as it goes over the app's channel.</summary>
internal static class ImToAll
{
    private static readonly JsonSerializerOptions AsTheyAre = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes it.</summary>
    /// <param name="seq">Its name; empty for none.</param>
    /// <param name="text">What is said.</param>
    public static Payload Write(string seq, string text) =>
        new(MessageType.String, JsonSerializer.SerializeToUtf8Bytes(new[] { seq, text }, AsTheyAre));

    /// <summary>Reads it; false for anything else, which a later version may send.</summary>
    public static bool TryRead(Payload payload, out string seq, out string text)
    {
        (seq, text) = ("", "");
        try
        {
            if (JsonSerializer.Deserialize<string[]>(payload.Bytes.Span) is not [{ } name, { } said])
                return false;
            (seq, text) = (name, said);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
