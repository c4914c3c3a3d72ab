using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
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

    /// <summary>The route of a channel or user in which the session has something; null when it has nothing there.</summary>
    public SharedDataRoute? Find(ChannelType type, string name)
    {
        lock (_gate)
            return _routes?.FirstOrDefault(route => route.Type == type && route.Name == name);
    }

    /// <summary>True when the session may have something of a channel or user: it has already, or not of too many others.</summary>
    public bool HasRoomFor(ChannelType type, string name) =>
        Count < SharedDataLimits.TargetsPerClientMax || Find(type, name) is not null;

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
