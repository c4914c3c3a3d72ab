using System.Text.Json.Serialization;
using ImOrleans.Domain.Errors;

namespace ImOrleans.Gateway.Protocols;

/// <summary>What every call is answered with. A refusal is a reply as well, never an exception.</summary>
public sealed record Reply
{
    /// <summary>Zero when the call was done; else the number of the refusal, or of a note on what was done, which has data.</summary>
    public int Code { get; init; }

    /// <summary>What the call yields; left out when it yields nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public object? Data { get; init; }

    /// <summary>The name of the code.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>A sentence for people.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }

    /// <summary>True when the same call may succeed later.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Retryable { get; init; }

    /// <summary>When a rate was exceeded: milliseconds until the next call can pass.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? RetryAfterMs { get; init; }

    private static readonly Reply Done = new();

    /// <summary>A call that was done.</summary>
    public static Reply Ok(object? data = null) => data is null ? Done : new() { Data = data };

    /// <summary>A call that was done, otherwise than the caller may think: the code says how.</summary>
    public static Reply Noted(ErrorCode code, object data)
    {
        var description = ErrorCatalog.Describe(code);
        return new()
        {
            Code = (int)code,
            Data = data,
            Error = description.Name,
            Message = description.Text,
            Retryable = description.Retryable,
        };
    }

    /// <summary>A call that was refused.</summary>
    public static Reply Refused(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        var description = ErrorCatalog.Describe(refusal.Code);
        return new()
        {
            Code = (int)refusal.Code,
            Error = description.Name,
            Message = refusal.Message ?? description.Text,
            Retryable = description.Retryable,
            RetryAfterMs = refusal.RetryAfter is { } wait ? (long)Math.Ceiling(wait.TotalMilliseconds) : null,
        };
    }
}
