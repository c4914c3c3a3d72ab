using System.Text.Json;

namespace ImOrleans.Client.Wire;

/// <summary>The answer to a call (PROTOCOL.md, section 4.2).</summary>
internal sealed record WireReply(
    int Code, JsonElement Data = default, string? Error = null, string? Message = null, bool Retryable = false,
    double? RetryAfterMs = null)
{
    /// <summary>What was asked for was done; a note on how has data, a refusal has none.</summary>
    public bool IsDone => Code == 0 || (Code == RtmErrorCodes.SensitiveReplace && Data.ValueKind == JsonValueKind.Object);

    public RtmException ToException() => new(Code, Error ?? "UNKNOWN", Message ?? "The call was refused.", Retryable)
    {
        OutcomeUnknown = RtmErrorCodes.IsUnknownOutcome(Code),
        RetryAfter = RetryAfterMs is { } wait ? TimeSpan.FromMilliseconds(wait) : null,
    };

    /// <summary>A time in the data.</summary>
    public DateTimeOffset Time(string field) => DateTimeOffset.FromUnixTimeMilliseconds(Data.GetProperty(field).GetInt64());

    /// <summary>The place of a message that was published.</summary>
    public MessagePosition Position() =>
        new(Data.GetProperty("offset").GetInt64(), Data.GetProperty("epoch").GetString() ?? "");

    /// <summary>A list of names in the data.</summary>
    public IReadOnlyList<string> Names(string field) =>
        [.. Data.GetProperty(field).EnumerateArray().Select(name => name.GetString()!)];
}
