using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Delivery;

/// <summary>
/// The sessions of gateways that are lost, and until when their clients may come back to another one. The grain knows what
/// they have.
/// </summary>
/// <remarks><b>Cost:</b> a session that comes or goes O(log sessions).</remarks>
internal sealed class AwaySessions
{
    private readonly Dictionary<SessionId, DateTimeOffset> _until = [];
    private readonly PriorityQueue<SessionId, DateTimeOffset> _next = new();

    /// <summary>When the first of them has not come back in time; null when nobody is away.</summary>
    public DateTimeOffset? NextDue()
    {
        Tidy();
        return _next.TryPeek(out _, out var until) ? until : null;
    }

    public void Add(SessionId session, DateTimeOffset until)
    {
        _until[session] = until;
        _next.Enqueue(session, until);
    }

    /// <summary>It is there again, or gone.</summary>
    public void Remove(SessionId session) => _until.Remove(session);

    /// <summary>Its gateway is not lost after all.</summary>
    public void Remove(GatewayId gateway)
    {
        foreach (var session in _until.Keys)
            if (session.Gateway == gateway)
                _until.Remove(session);
    }

    /// <summary>Takes out those that have not come back in time.</summary>
    public IReadOnlyList<SessionId> TakeDue(DateTimeOffset now)
    {
        var due = new List<SessionId>();
        for (Tidy(); _next.TryPeek(out var session, out var until) && until <= now; Tidy())
        {
            _next.Dequeue();
            _until.Remove(session);
            due.Add(session);
        }

        return due;
    }

    /// <summary>Clears away the notes of those that are not away any more, or until another time.</summary>
    private void Tidy()
    {
        while (_next.TryPeek(out var session, out var until)
            && !(_until.TryGetValue(session, out var now) && now == until))
            _next.Dequeue();
    }
}
