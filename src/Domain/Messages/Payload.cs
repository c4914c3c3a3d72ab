namespace ImOrleans.Domain.Messages;

/// <summary>What a user sent, untouched.</summary>
/// <param name="Type">Whether the bytes are UTF-8 text or opaque.</param>
/// <param name="Bytes">The content. Never changed after it was handed over.</param>
/// <param name="CustomType">A label of the application, at most 32 characters; null when none was given.</param>
[GenerateSerializer, Immutable, Alias("im.Payload")]
public sealed record Payload(
    [property: Id(0)] MessageType Type,
    [property: Id(1)] ReadOnlyMemory<byte> Bytes,
    [property: Id(2)] string? CustomType = null);
