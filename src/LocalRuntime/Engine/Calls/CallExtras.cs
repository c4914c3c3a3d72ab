namespace ImOrleans.LocalRuntime;

/// <summary>What only some calls carry, so that the others stay small.</summary>
internal sealed class CallExtras
{
    public Dictionary<string, object>? RequestContext { get; set; }

    public CallCancellation? Cancellation { get; set; }

    public Exception? Failure { get; set; }
}
