using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Tests.Kit;

/// <summary>An item whose size and priority the test chooses.</summary>
internal sealed record TextItem(long Sequence, MessagePriority? Urgency = MessagePriority.Normal, int Size = 10)
    : DeliveryItem(Sequence)
{
    public override int Bytes => Size;

    public override MessagePriority? Priority => Urgency;
}
