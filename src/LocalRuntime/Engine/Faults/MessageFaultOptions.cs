namespace ImOrleans.LocalRuntime;

/// <summary>How often what happens to a message. Rates are probabilities, from 0 to 1; all are 0 by default.</summary>
public sealed class MessageFaultOptions
{
    /// <summary>The part of the messages that never arrive, requests and answers alike.</summary>
    public double LossRate { get; init; }

    /// <summary>The part of the others that arrive late.</summary>
    public double DelayRate { get; init; }

    /// <summary>How late at most; the delay of each is drawn evenly. Default: 100 ms.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The part of those in time that arrive in a step of their own, where they may overtake others and be overtaken.
    /// </summary>
    public double ReorderRate { get; init; }

    /// <summary>
    /// The part of the messages between grains and observers that get through to or from a silo which the others take
    /// for dead: a gateway may still reach a silo that its peers cannot.
    /// </summary>
    public double LeakRate { get; init; }
}
