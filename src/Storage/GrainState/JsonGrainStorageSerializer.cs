using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;

namespace ImOrleans.Storage.GrainState;

/// <summary>
/// States as JSON in an envelope with a schema number: <c>{"schema":1,"state":{…}}</c>. What is stored depends on
/// the contracts of the resolver only, never on the name of a type.
/// </summary>
public sealed class JsonGrainStorageSerializer : IGrainStorageSerializer
{
    private const string SchemaProperty = "schema";
    private const string StateProperty = "state";

    private readonly JsonSerializerOptions _options;
    private readonly int _schema;
    private readonly Func<Type, int, JsonNode, JsonNode>? _upgrade;

    /// <param name="resolver">The contracts of all states; a source-generated context.</param>
    /// <param name="schema">The number to write. Raise it when an older program must not read what is written.</param>
    /// <param name="upgrade">
    /// Turns a state of a type from an older schema number into the current one. Without it, old states are
    /// read as they are: missing members keep their defaults.
    /// </param>
    public JsonGrainStorageSerializer(
        IJsonTypeInfoResolver resolver,
        int schema = 1,
        Func<Type, int, JsonNode, JsonNode>? upgrade = null)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        ArgumentOutOfRangeException.ThrowIfLessThan(schema, 1);
        _options = new JsonSerializerOptions { TypeInfoResolver = resolver };
        _options.MakeReadOnly();
        _schema = schema;
        _upgrade = upgrade;
    }

    /// <inheritdoc />
    public BinaryData Serialize<T>(T? input)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber(SchemaProperty, _schema);
            writer.WritePropertyName(StateProperty);
            if (input is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                JsonSerializer.Serialize(writer, input, ContractOf<T>());
            }

            writer.WriteEndObject();
        }

        return new BinaryData(buffer.ToArray());
    }

    /// <inheritdoc />
    /// <exception cref="InvalidDataException">The bytes are no such envelope, or a newer program wrote
    /// them.</exception>
    public T? Deserialize<T>(BinaryData input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var document = Parse(input);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty(SchemaProperty, out var number)
            || !number.TryGetInt32(out var schema)
            || !root.TryGetProperty(StateProperty, out var state))
        {
            throw new InvalidDataException("The stored state is not in an envelope with a schema number.");
        }

        if (schema > _schema)
        {
            throw new InvalidDataException(
                $"The stored state has schema {schema}, this program knows {_schema}: a newer version wrote it.");
        }

        if (schema < _schema && _upgrade is not null && JsonNode.Parse(state.GetRawText()) is { } old)
        {
            return _upgrade(typeof(T), schema, old).Deserialize(ContractOf<T>());
        }

        return state.Deserialize(ContractOf<T>());
    }

    private static JsonDocument Parse(BinaryData input)
    {
        try
        {
            return JsonDocument.Parse(input.ToMemory());
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("The stored state is not JSON.", exception);
        }
    }

    private JsonTypeInfo<T> ContractOf<T>() =>
        _options.TryGetTypeInfo(typeof(T), out var contract)
            ? (JsonTypeInfo<T>)contract
            : throw new InvalidOperationException(
                $"{typeof(T)} has no JSON contract: add it to the source-generated context of grain states.");
}
