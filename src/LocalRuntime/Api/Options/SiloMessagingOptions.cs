namespace Orleans.Configuration;

/// <summary>Limits of calls that start in a silo.</summary>
public class SiloMessagingOptions : MessagingOptions
{
    /// <summary>How often a request may be passed on to the next activation before it is refused. Default 2.</summary>
    public int MaxForwardCount { get; set; } = 2;
}
