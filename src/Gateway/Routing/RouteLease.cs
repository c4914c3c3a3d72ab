namespace ImOrleans.Gateway.Routing;

/// <summary>The use of a route for the length of a call; it stays in the table until this is disposed.</summary>
internal readonly struct RouteLease<TRoute>(RouteTable table, TRoute route) : IDisposable
    where TRoute : Route
{
    public TRoute Route { get; } = route;

    public void Dispose() => table.Exit(Route);
}
