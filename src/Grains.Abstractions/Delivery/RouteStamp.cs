namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>
/// What a grain answers to a registration: which activation it is, where it lives, how far it has got.
/// </summary>
/// <param name="Epoch">Names the activation; greater than zero, never used again.</param>
/// <param name="Silo">The silo it lives on. When that silo leaves, the registration is gone.</param>
/// <param name="Position">
/// The sequence number of the last item before the answer; items count from 1 in an epoch. Those up to it are from
/// before the time of the session that was asked for, whenever they arrive.
/// </param>
/// <param name="LastBatch">
/// The number of the last batch for the gateway, 0 before the first. A gateway that had seen a later one before it asked
/// has been forgotten, and is counted for anew.
/// </param>
[GenerateSerializer, Immutable, Alias("im.RouteStamp")]
public sealed record RouteStamp(
    [property: Id(0)] long Epoch,
    [property: Id(1)] string Silo,
    [property: Id(2)] long Position,
    [property: Id(3)] long LastBatch);
