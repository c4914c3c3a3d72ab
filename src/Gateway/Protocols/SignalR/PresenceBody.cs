using System.Text.Json;
using System.Text.Json.Serialization;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>The snapshot of presence in an answer, in the form that it has in the event.</summary>
[JsonConverter(typeof(PresenceBodyConverter))]
internal sealed record PresenceBody(PresenceView View)
{
    public static PresenceBody? Of(PresenceView? view) => view is null ? null : new(view);
}

/// <summary>Writes the members of the event.</summary>
internal sealed class PresenceBodyConverter : JsonConverter<PresenceBody>
{
    /// <inheritdoc />
    public override PresenceBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Answers are only written.");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, PresenceBody value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        PresenceWriter.WriteView(writer, value.View);
        writer.WriteEndObject();
    }
}
