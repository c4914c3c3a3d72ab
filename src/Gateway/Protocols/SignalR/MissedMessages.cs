using System.Text.Json;
using System.Text.Json.Serialization;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Messages of a channel that go with a reply, each in the shape of its event.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record MissedMessages(ChannelName Channel, long Epoch, IReadOnlyList<ChannelMessage> Messages)
{
    private sealed class Converter : JsonConverter<MissedMessages>
    {
        public override MissedMessages Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Replies are only written.");

        public override void Write(Utf8JsonWriter writer, MissedMessages value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var message in value.Messages)
                EventEncoder.WriteChannelMessage(writer, new(value.Channel, value.Epoch, message));
            writer.WriteEndArray();
        }
    }
}
