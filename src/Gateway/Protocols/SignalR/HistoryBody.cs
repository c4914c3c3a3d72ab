using System.Text.Json;
using System.Text.Json.Serialization;
using ImOrleans.Domain.History;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>A page of messages that were kept.</summary>
/// <param name="Messages">Each in the shape of its event.</param>
/// <param name="NewStart">Where the next query begins; 0 when there are no more.</param>
internal sealed record HistoryBody(HistoryBody.MessagesBody Messages, long NewStart)
{
    public static HistoryBody Of(HistoryKey key, HistoryPage page) => new(new(key, page.Messages), page.NewStart);

    [JsonConverter(typeof(Converter))]
    internal sealed record MessagesBody(HistoryKey Key, IReadOnlyList<HistoryMessage> Messages);

    private sealed class Converter : JsonConverter<MessagesBody>
    {
        public override MessagesBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Replies are only written.");

        public override void Write(Utf8JsonWriter writer, MessagesBody value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var message in value.Messages)
                EventEncoder.WriteKeptMessage(writer, value.Key, message);
            writer.WriteEndArray();
        }
    }
}
