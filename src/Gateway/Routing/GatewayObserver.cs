using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Sessions;

namespace ImOrleans.Gateway.Routing;

/// <summary>
/// One end to which grains deliver. Calls to one observer run one after the other, so a gateway has several.
/// </summary>
internal sealed class GatewayObserver(RouteTable routes, RouteRegistrar registrar) : IGatewayObserver
{
    /// <inheritdoc />
    public Task<DeliveryAck> DeliverAsync(DeliveryBatch batch)
    {
        if (routes.Find(batch.Route) is not { } route)
            return Task.FromResult(DeliveryAck.Unknown);
        var ack = route.Deliver(batch);
        if (route.NeedsRegistration)
            registrar.Schedule(route);
        else if (route is SharedDataRoute { IsUnwanted: true })
            routes.DropIfUnused(route); // What was said has ended the last thing that somebody had here.
        return Task.FromResult(ack);
    }

    /// <inheritdoc />
    public Task<SessionContent?> DescribeSessionAsync(SessionClaim claim) => Task.FromResult(routes.Notices.Describe(claim));

    /// <inheritdoc />
    public Task<SessionRest?> TakeSessionAsync(TakeSessionRequest request) => routes.Notices.TakeAsync(request);
}
