using System.Text.Json;
using Orleans.Storage;

namespace ImOrleans.LocalRuntime;

/// <summary>States as JSON by reflection: enough for storage in memory, whose bytes nobody keeps.</summary>
internal sealed class PlainJsonSerializer : IGrainStorageSerializer
{
    private static readonly JsonSerializerOptions Options = new() { IncludeFields = true };

    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Options));

    public T? Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span, Options);
}
