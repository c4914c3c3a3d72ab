namespace ImOrleans.Bench.Load;

/// <summary>What the connections to one server have received together.</summary>
internal sealed class Tally
{
    /// <summary>Messages, each counted once a receiver.</summary>
    public long Deliveries { get; set; }

    /// <summary>Answers to calls.</summary>
    public long Answers { get; set; }
}
