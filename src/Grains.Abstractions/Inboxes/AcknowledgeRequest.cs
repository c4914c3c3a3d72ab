using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>A device has received conversations up to some places.</summary>
[GenerateSerializer, Immutable, Alias("im.AcknowledgeRequest")]
public sealed record AcknowledgeRequest(
    [property: Id(0)] DeviceId Device,
    [property: Id(1)] ImmutableArray<DevicePosition> Positions);
