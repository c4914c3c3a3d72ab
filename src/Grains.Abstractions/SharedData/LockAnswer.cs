using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>The user has the lock, or its session waits for it, or waits no more.</summary>
/// <param name="Stamp">The activation and its position.</param>
/// <param name="FencingToken">The owner's token; zero when the session waits, and an event follows.</param>
/// <param name="Ticket">The session's place in the queue, rising with time; zero when it does not wait.</param>
/// <param name="Revision">Of the locks at the time of the answer; see <see cref="LockContent"/>.</param>
[GenerateSerializer, Immutable, Alias("im.LockAnswer")]
public sealed record LockAnswer(
    [property: Id(0)] RouteStamp Stamp,
    [property: Id(1)] long FencingToken,
    [property: Id(2)] long Ticket,
    [property: Id(3)] long Revision);
