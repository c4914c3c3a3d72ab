using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>
/// The one argument of every hub method, as it came: read field by field, so that a wrong one is answered with its name
/// and a code instead of a failed invocation.
/// </summary>
/// <param name="Body">The argument; an undefined element when there was none.</param>
/// <param name="IsMalformed">True when the invocation did not have at most one argument that is JSON.</param>
[JsonConverter(typeof(HubRequestConverter))]
public readonly record struct HubRequest(JsonElement Body, bool IsMalformed)
{
    /// <summary>A call without an argument.</summary>
    public static HubRequest None => default;

    /// <summary>A call whose arguments cannot be read.</summary>
    public static HubRequest Malformed => new(default, true);
}

/// <summary>Keeps an argument as it came.</summary>
public sealed class HubRequestConverter : JsonConverter<HubRequest>
{
    /// <inheritdoc />
    public override bool HandleNull => true;

    /// <inheritdoc />
    public override HubRequest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(JsonElement.ParseValue(ref reader), false);

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, HubRequest value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are only read.");
}
