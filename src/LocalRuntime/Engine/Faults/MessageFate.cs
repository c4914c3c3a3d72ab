namespace ImOrleans.LocalRuntime;

/// <summary>What becomes of a message between two silos.</summary>
public readonly record struct MessageFate
{
    private readonly bool _isDelayed;

    private MessageFate(bool isLost, bool isDelayed, TimeSpan delay)
    {
        IsLost = isLost;
        _isDelayed = isDelayed;
        Delay = delay;
    }

    /// <summary>It arrives at once and in order, as without faults.</summary>
    public static MessageFate Arrives => default;

    /// <summary>It never arrives, and nobody is told.</summary>
    public static MessageFate Lost => new(true, false, TimeSpan.Zero);

    public bool IsLost { get; }

    /// <summary>How much later it arrives, by the clock of the cluster; null when at once and in order.</summary>
    public TimeSpan? ArrivesIn => _isDelayed ? Delay : null;

    private TimeSpan Delay { get; }

    /// <summary>
    /// It arrives in a step of its own, so that it may overtake others and be overtaken; zero for no other delay.
    /// </summary>
    public static MessageFate ArrivesAfter(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new(false, true, delay);
    }
}
