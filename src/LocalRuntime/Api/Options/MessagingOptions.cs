namespace Orleans.Configuration;

/// <summary>Limits of calls.</summary>
public abstract class MessagingOptions
{
    /// <summary>How long a caller waits for an answer. Default 30 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>True when a caller's timeout also cancels the callee's token. Default false.</summary>
    public bool CancelRequestOnTimeout { get; set; }

    /// <summary>True when a cancelled caller waits until the callee answers. Default false.</summary>
    public bool WaitForCancellationAcknowledgement { get; set; }

    /// <summary>True when a request whose caller has given up is dropped before it starts. Default true.</summary>
    public bool DropExpiredMessages { get; set; } = true;
}
