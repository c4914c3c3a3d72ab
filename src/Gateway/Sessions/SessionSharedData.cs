using ImOrleans.Gateway.Routing;

namespace ImOrleans.Gateway.Sessions;

/// <summary>The routes of shared data in which one session has something, to be found when it ends. Safe for concurrent use.</summary>
internal sealed class SessionSharedData
{
    private readonly Lock _gate = new();
    private HashSet<SharedDataRoute>? _routes;

    public int Count
    {
        get
        {
            lock (_gate)
                return _routes?.Count ?? 0;
        }
    }

    public void Add(SharedDataRoute route)
    {
        lock (_gate)
            (_routes ??= []).Add(route);
    }

    public void Remove(SharedDataRoute route)
    {
        lock (_gate)
            _routes?.Remove(route);
    }

    public IReadOnlyList<SharedDataRoute> All()
    {
        lock (_gate)
            return _routes is null ? [] : [.. _routes];
    }
}
