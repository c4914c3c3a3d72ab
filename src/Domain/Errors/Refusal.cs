namespace ImOrleans.Domain.Errors;

/// <summary>An expected "no": the code that goes to the client, and what would help to put it right.</summary>
/// <param name="Code">The stable number.</param>
/// <param name="Message">A sentence for people, with the field or the limit; the catalogue's text when null.</param>
/// <param name="RetryAfter">When a rate was exceeded: how long until the next call can pass.</param>
[GenerateSerializer, Immutable, Alias("im.Refusal")]
public sealed record Refusal(
    [property: Id(0)] ErrorCode Code,
    [property: Id(1)] string? Message = null,
    [property: Id(2)] TimeSpan? RetryAfter = null);
