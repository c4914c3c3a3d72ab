using System.Collections.Immutable;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>Metadata was changed; for every session that watches it.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Kind">What was done.</param>
/// <param name="MajorRevision">The revision of the whole after it.</param>
/// <param name="Items">The items of the change; removed ones as they were.</param>
[GenerateSerializer, Immutable, Alias("im.MetadataEvent")]
public sealed record MetadataEvent(
    long Sequence,
    [property: Id(1)] MetadataChangeKind Kind,
    [property: Id(2)] long MajorRevision,
    [property: Id(3)] ImmutableArray<MetadataItem> Items) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => MetadataSnapshot.BytesOf(Items);
}

/// <summary>All metadata; told to a gateway that may have missed changes.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Content">What there is.</param>
[GenerateSerializer, Immutable, Alias("im.MetadataSnapshot")]
public sealed record MetadataSnapshot(
    long Sequence,
    [property: Id(1)] MetadataContent Content) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => BytesOf(Content.Items);

    internal static int BytesOf(ImmutableArray<MetadataItem> items) =>
        128 + items.Sum(item => 64 + item.Key.Length + item.Value.Length);
}

/// <summary>Something happened to a lock; for the sessions that watch locks, and those that have it or wait for it.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Change">What happened.</param>
/// <param name="Revision">Of the locks after it; see <see cref="LockContent"/>.</param>
[GenerateSerializer, Immutable, Alias("im.LockEvent")]
public sealed record LockEvent(
    long Sequence,
    [property: Id(1)] LockChange Change,
    [property: Id(2)] long Revision) : DeliveryItem(Sequence);

/// <summary>All locks; told to a gateway that may have missed changes.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Content">What there is.</param>
[GenerateSerializer, Immutable, Alias("im.LockSnapshot")]
public sealed record LockSnapshot(
    long Sequence,
    [property: Id(1)] LockContent Content) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => 128 + (Content.Locks.Length * 192);
}
