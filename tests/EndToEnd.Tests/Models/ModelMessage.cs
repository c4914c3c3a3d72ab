using System.Text.Json;

namespace ImOrleans.EndToEnd.Tests.Models;

/// <summary>A message as it should be stored, or passed on.</summary>
/// <param name="Seq">Its number; 0 when it is not stored.</param>
/// <param name="UId">Its name.</param>
/// <param name="Time">Its time.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="Draft">What was sent, with its words masked.</param>
/// <param name="Audience">Who gets it: of those who were in the conversation when it was sent.</param>
/// <param name="Writer">The device that sent it, and on which of its connections; null for the app server.</param>
internal sealed record ModelMessage(
    long Seq, string UId, long Time, string Sender, ModelDraft Draft, IReadOnlySet<string> Audience,
    (ModelDevice Device, int Connection)? Writer)
{
    /// <summary>As a user should see it.</summary>
    public string For(string user) => Join(
        $"{Seq}", UId, $"{Time}", Sender, Draft.ObjectName, Draft.Text, Draft.Name, user == Sender ? "1" : "2",
        Draft.MentionedField() is { } mentioned ? JsonSerializer.Serialize(mentioned) : null,
        $"{Seq > 0}", $"{Seq > 0 && Draft.ObjectName != ModelDraft.Uncounted}");

    /// <summary>What came, in the same form.</summary>
    public static string Describe(JsonElement message) => Join(
        Text(message, "seq"), Text(message, "messageUId"), Text(message, "sentTime"), Text(message, "senderUserId"),
        Text(message, "objectName"), Text(message.GetProperty("content"), "content"), Text(message, "clientMessageId"),
        Text(message, "messageDirection"), Text(message, "mentioned"), Text(message, "isPersisted"),
        Text(message, "isCounted"));

    private static string Join(params string?[] parts) => string.Join(" | ", parts);

    private static string? Text(JsonElement of, string name) =>
        !of.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Object ? value.GetRawText()
        : value.ToString();
}
