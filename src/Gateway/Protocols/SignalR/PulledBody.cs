using System.Text.Json;
using System.Text.Json.Serialization;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>The answer to a pull.</summary>
/// <param name="Messages">In the order in which they are to be taken.</param>
/// <param name="AckToken">What acknowledges them; left out when there is nothing to acknowledge.</param>
/// <param name="Finished">Whether there was nothing more.</param>
/// <param name="Skipped">What was left out; left out itself when nothing was.</param>
internal sealed record PulledBody(
    PulledBody.MessagesBody Messages,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AckToken,
    bool Finished,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<PulledBody.SkippedBody>? Skipped)
{
    /// <param name="pulled">What was pulled.</param>
    /// <param name="ackToken">What acknowledges it.</param>
    /// <param name="user">By whom.</param>
    /// <param name="since">When its session began; messages from before came while it was away.</param>
    public static PulledBody Of(PulledMessages pulled, string? ackToken, UserId user, long since) =>
        new(
            new(user, since, pulled.Messages), ackToken, pulled.IsFinished,
            pulled.Skipped.IsEmpty ? null : [.. pulled.Skipped.Select(stretch => SkippedBody.Of(stretch, user))]);

    internal sealed record SkippedBody(int ConversationType, string TargetId, long AfterSeq, long BeforeSeq)
    {
        public static SkippedBody Of(SkippedMessages stretch, UserId user) =>
            new((int)stretch.Key.Type, stretch.Key.TargetFor(user), stretch.AfterSeq, stretch.BeforeSeq);
    }

    [JsonConverter(typeof(Converter))]
    internal sealed record MessagesBody(UserId User, long Since, IReadOnlyList<ConversationMessage> Messages);

    private sealed class Converter : JsonConverter<MessagesBody>
    {
        public override MessagesBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Replies are only written.");

        public override void Write(Utf8JsonWriter writer, MessagesBody value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var (conversation, message) in value.Messages)
                ConversationMessageWriter.Write(
                    writer, conversation, message, value.User, message.SentAtUnixMs < value.Since);
            writer.WriteEndArray();
        }
    }
}
