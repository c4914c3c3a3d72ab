namespace ImOrleans.Client;

/// <summary>A call was refused by the server, or could not be carried out.</summary>
public sealed class RtmException : Exception
{
    /// <summary>A refusal in the server's words.</summary>
    public RtmException(int code, string error, string message, bool retryable, Exception? inner = null)
        : base($"{message} ({code} {error})", inner)
    {
        Code = code;
        Error = error;
        Retryable = retryable;
    }

    /// <summary>The number of the refusal; all are in <c>docs/errors.md</c>.</summary>
    public int Code { get; }

    /// <summary>The name of the code, such as <c>CHANNEL_NOT_JOINED</c>.</summary>
    public string Error { get; }

    /// <summary>
    /// Whether the same call may succeed later, unchanged. Look at <see cref="OutcomeUnknown"/> first.
    /// </summary>
    public bool Retryable { get; }

    /// <summary>
    /// Whether the call may have been carried out all the same: its answer was lost, or the server does not know either
    /// (11026, 10026). Repeat it only when a double does no harm.
    /// </summary>
    public bool OutcomeUnknown { get; init; }

    /// <summary>When a rate was exceeded: how long until the next call of that kind can pass. Otherwise null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Why the server closed the connection, where it did and said so. Otherwise null.</summary>
    public int? CloseCode { get; init; }

    internal static RtmException Of(int code, string message, bool retryable = false, Exception? inner = null) =>
        new(code, RtmErrorCodes.NameOf(code), message, retryable, inner);
}
