using System.Collections.Immutable;
using ImOrleans.Domain.Locks;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>All locks of a channel.</summary>
/// <param name="Revision">Rises with every change of any of them; zero before the first.</param>
/// <param name="Locks">In the order in which they were set.</param>
[GenerateSerializer, Immutable, Alias("im.LockContent")]
public sealed record LockContent(
    [property: Id(0)] long Revision,
    [property: Id(1)] ImmutableArray<LockDetail> Locks);
