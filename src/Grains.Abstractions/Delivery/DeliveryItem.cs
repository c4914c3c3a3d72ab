using ImOrleans.Domain.Messages;

namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>One thing for the sessions that want a route.</summary>
/// <param name="Sequence">Counts what the sending activation has said, from 1.</param>
[GenerateSerializer, Immutable, Alias("im.DeliveryItem")]
public abstract record DeliveryItem([property: Id(0)] long Sequence)
{
    /// <summary>How much room this takes in a queue, in bytes, roughly.</summary>
    public virtual int Bytes => 128;

    /// <summary>How early it is dropped when a receiver is slow; null when it must not be dropped.</summary>
    public virtual MessagePriority? Priority => null;
}
