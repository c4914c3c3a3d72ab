using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Gateway.Routing;

/// <summary>The observers of this gateway and the references under which grains know them.</summary>
/// <remarks>
/// Routes are spread over the observers by their key, so that a large fan-out holds up only its own share of the
/// others. The runtime keeps observers weakly; this object keeps them alive.
/// </remarks>
internal sealed class GatewayObservers(IGrainFactory grains, GatewayIdentity identity)
{
    private const int Shards = 16;

    private IGatewayObserver[] _observers = [];
    private GatewayRef[] _references = [];

    /// <summary>Makes the observers. Once, before the first route.</summary>
    public void Start(RouteTable routes, RouteRegistrar registrar)
    {
        _observers = [.. Enumerable.Range(0, Shards).Select(_ => new GatewayObserver(routes, registrar))];
        _references =
        [
            .. _observers.Select(observer => new GatewayRef(identity.Id, grains.CreateObjectReference<IGatewayObserver>(observer))),
        ];
    }

    /// <summary>The reference that the grain of a route delivers to.</summary>
    public GatewayRef For(Route route) => _references[route.Spread % Shards];

    /// <summary>
    /// Takes the references back; again is fine. Calls that are still under way go on under their names.
    /// </summary>
    public void Stop()
    {
        var observers = _observers;
        _observers = [];
        foreach (var reference in _references.AsSpan(0, observers.Length))
            try
            {
                grains.DeleteObjectReference<IGatewayObserver>(reference.Observer);
            }
            catch (ArgumentException)
            {
                // The silo of this host has died before, and they are gone with it.
            }

        // An observer that was collected is gone as well.
        GC.KeepAlive(observers);
    }
}
