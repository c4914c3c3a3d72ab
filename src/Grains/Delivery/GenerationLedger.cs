using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Delivery;

/// <summary>
/// Tells calls that were overtaken from those in order. A gateway numbers its calls; a call that comes after a newer
/// one about the same session, or after a newer registration of its gateway, describes a world that is gone.
/// </summary>
/// <remarks>
/// <para>Calls about different parts of what a session has say nothing of each other: a client asks for many at once,
/// and a cluster delivers them in any order.</para>
/// <para><b>Range:</b> remembers so many sessions and gateways. A session that is forgotten for room leaves its
/// generation behind as its gateway's floor, so that forgetting refuses too much and never too little.</para>
/// <para>A refusal costs the gateway one registration; a stale join that is let in makes a ghost.</para>
/// </remarks>
internal sealed class GenerationLedger(int sessionsMax = 4096, int gatewaysMax = 256)
{
    private readonly Dictionary<GatewayId, GatewayRecord> _gateways = [];
    private readonly Dictionary<SessionId, LinkedListNode<SessionRecord>> _sessions = [];
    private readonly LinkedList<SessionRecord> _byTouch = new();
    private long _touches;

    /// <summary>Lets a call about one session in, and remembers it; false when it is stale.</summary>
    /// <param name="gateway">Who calls.</param>
    /// <param name="session">Whom it is about.</param>
    /// <param name="generation">The call's number.</param>
    /// <param name="reach">How much it is about.</param>
    public bool TryAdmit(GatewayId gateway, SessionId session, long generation, CallReach reach)
    {
        var record = RecordOf(gateway);
        var newest = record.Floor;
        if (_sessions.TryGetValue(session, out var node))
            newest = Math.Max(newest, reach == CallReach.Part ? node.Value.OfSession : node.Value.Generation);
        if (reach == CallReach.Removal ? generation < newest : generation <= newest)
            return false;
        record.Newest = Math.Max(record.Newest, generation);
        Remember(gateway, session, generation, reach == CallReach.Part ? long.MinValue : generation);
        return true;
    }

    /// <summary>Lets a full registration in; false when anything newer of its gateway was let in before.</summary>
    public bool TryAdmitRegistration(GatewayId gateway, long generation)
    {
        var record = RecordOf(gateway);
        if (generation <= record.Newest)
            return false;
        record.Newest = record.Floor = generation;
        record.IsLost = false;
        return true;
    }

    /// <summary>
    /// Remembers that a session was removed without a call of its gateway; what is under way for it is stale.
    /// </summary>
    public void NoteRemoval(GatewayId gateway, SessionId session)
    {
        var newest = RecordOf(gateway).Newest;
        Remember(gateway, session, newest, newest);
    }

    /// <summary>True when a call of a gateway was let in, and is remembered.</summary>
    public bool HasHeardOf(GatewayId gateway) =>
        _gateways.TryGetValue(gateway, out var record) && record.Newest != long.MinValue;

    /// <summary>True when a gateway was given up, and has not stated anew what it has.</summary>
    public bool IsLost(GatewayId gateway) => _gateways.TryGetValue(gateway, out var record) && record.IsLost;

    /// <summary>Notes that a gateway was given up, or that what was lost with it does not matter any more.</summary>
    public void SetLost(GatewayId gateway, bool isLost) => RecordOf(gateway).IsLost = isLost;

    /// <summary>The number of the last batch that went to a gateway; zero before the first.</summary>
    public long LastBatchOf(GatewayId gateway) => RecordOf(gateway).LastBatch;

    /// <summary>Keeps the numbering of a gateway whose outbox goes away.</summary>
    public void NoteLastBatch(GatewayId gateway, long number) => RecordOf(gateway).LastBatch = number;

    private GatewayRecord RecordOf(GatewayId gateway)
    {
        if (!_gateways.TryGetValue(gateway, out var record))
        {
            if (_gateways.Count >= gatewaysMax)
                _gateways.Remove(_gateways.MinBy(entry => entry.Value.Touched).Key);
            _gateways[gateway] = record = new();
        }

        record.Touched = ++_touches;
        return record;
    }

    private void Remember(GatewayId gateway, SessionId session, long generation, long ofSession)
    {
        if (_sessions.Remove(session, out var node))
        {
            _byTouch.Remove(node);
            generation = Math.Max(generation, node.Value.Generation);
            ofSession = Math.Max(ofSession, node.Value.OfSession);
        }

        _sessions[session] = _byTouch.AddLast(new SessionRecord(gateway, session, generation, ofSession));
        if (_sessions.Count <= sessionsMax)
            return;
        var oldest = _byTouch.First!.Value;
        _byTouch.RemoveFirst();
        _sessions.Remove(oldest.Session);
        var record = RecordOf(oldest.Gateway);
        record.Floor = Math.Max(record.Floor, oldest.Generation);
    }

    /// <param name="Gateway">Whose session it is.</param>
    /// <param name="Session">Which.</param>
    /// <param name="Generation">The newest call about it.</param>
    /// <param name="OfSession">The newest that was about all of it.</param>
    private readonly record struct SessionRecord(GatewayId Gateway, SessionId Session, long Generation, long OfSession);

    private sealed class GatewayRecord
    {
        /// <summary>Calls up to this one are stale, whatever they are about.</summary>
        public long Floor { get; set; } = long.MinValue;

        /// <summary>The newest call that was let in.</summary>
        public long Newest { get; set; } = long.MinValue;

        public long LastBatch { get; set; }

        public bool IsLost { get; set; }

        public long Touched { get; set; }
    }
}
