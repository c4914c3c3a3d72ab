using System.Diagnostics.CodeAnalysis;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Delivery;

/// <summary>What a grain holds for each session, to be found by session or by gateway.</summary>
/// <typeparam name="T">What is held.</typeparam>
internal sealed class SessionTable<T>
    where T : class
{
    private readonly Dictionary<SessionId, T> _all = [];
    private readonly Dictionary<GatewayId, HashSet<SessionId>> _byGateway = [];

    public int Count => _all.Count;

    public IReadOnlyCollection<T> All => _all.Values;

    /// <summary>The gateways that have a session here.</summary>
    public IReadOnlyCollection<GatewayId> Gateways => _byGateway.Keys;

    public bool HasAny(GatewayId gateway) => _byGateway.ContainsKey(gateway);

    public bool TryGet(SessionId session, [MaybeNullWhen(false)] out T value) => _all.TryGetValue(session, out value);

    /// <summary>Adds or replaces.</summary>
    public void Set(SessionId session, T value)
    {
        _all[session] = value;
        if (!_byGateway.TryGetValue(session.Gateway, out var sessions))
            _byGateway[session.Gateway] = sessions = [];
        sessions.Add(session);
    }

    public bool Remove(SessionId session, [MaybeNullWhen(false)] out T value)
    {
        if (!_all.Remove(session, out value))
            return false;
        var sessions = _byGateway[session.Gateway];
        sessions.Remove(session);
        if (sessions.Count == 0)
            _byGateway.Remove(session.Gateway);
        return true;
    }

    /// <summary>What a gateway has here, as a copy: the table may change while it is walked through.</summary>
    public IReadOnlyList<T> Of(GatewayId gateway) =>
        _byGateway.TryGetValue(gateway, out var sessions) ? [.. sessions.Select(session => _all[session])] : [];
}
