using ImOrleans.Grains.Abstractions.Sessions;

namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>The gateway's end of every fan-out. Grains call it; nobody else does.</summary>
[Alias("im.IGatewayObserver")]
public interface IGatewayObserver : IGrainObserver
{
    /// <summary>Takes one batch for all local sessions that want it.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> answers at once, without waiting for any client. A batch with a number that was taken before
    /// is
    /// acknowledged again and goes to nobody, so a sender repeats a batch whose answer it did not get.
    /// </remarks>
    [Alias("Deliver"), ResponseTimeout("00:00:04")]
    Task<DeliveryAck> DeliverAsync(DeliveryBatch batch);

    /// <summary>What a session has whose client has come to another gateway; null when it cannot move.</summary>
    [Alias("DescribeSession"), ResponseTimeout("00:00:02")]
    Task<SessionContent?> DescribeSessionAsync(SessionClaim claim);

    /// <summary>Ends a session here, and yields what its client has not got; null when not all of that is there.</summary>
    [Alias("TakeSession"), ResponseTimeout("00:00:03")]
    Task<SessionRest?> TakeSessionAsync(TakeSessionRequest request);
}
