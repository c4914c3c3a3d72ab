using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Delivery;

/// <summary>
/// One activation's side of interest routing: which gateways want what it says, in what order their calls count, and
/// an outbox for each.
/// </summary>
/// <remarks>
/// A gateway is wanted from its first session to its last (<see cref="Want"/>, <see cref="Retire"/>). An outbox that
/// loses its gateway closes itself and asks for a turn of the grain, in which <see cref="TakeLost"/> names those whose
/// sessions have to go. Until then a full registration of that gateway takes the loss back.
/// </remarks>
internal sealed class Fanout(OutboxContext context, string silo, Action wake)
{
    /// <summary>How long a mark may take: less than whoever asks for it waits.</summary>
    private static readonly TimeSpan MarkPatience = TimeSpan.FromSeconds(2);

    private readonly GenerationLedger _generations = new();
    private readonly Dictionary<GatewayId, GatewayOutbox> _outboxes = [];
    private readonly Dictionary<GatewayId, GatewayLoss> _lost = [];
    private long _sequence;

    /// <summary>Names this activation.</summary>
    public long Epoch => context.Epoch;


    /// <summary>
    /// Changes whenever an outbox comes or goes: what was picked by <see cref="Outbox"/> before is stale then.
    /// </summary>
    public int Version { get; private set; }

    /// <summary>True while a gateway is wanted, or something still waits for one that was.</summary>
    public bool HasOutboxes => _outboxes.Count > 0;

    /// <summary>The refusal of a call that belongs to another time; its message is the key of the grain.</summary>
    public Refusal Stale => new(ErrorCode.RouteStale, context.Route);

    /// <summary>What a call of a gateway is answered with now.</summary>
    public RouteStamp StampFor(GatewayId gateway) => new(
        context.Epoch,
        silo,
        _sequence,
        _outboxes.TryGetValue(gateway, out var outbox) ? outbox.LastNumber : _generations.LastBatchOf(gateway));

    public long NextSequence() => ++_sequence;

    /// <summary>True when a gateway means this activation, or has none in mind.</summary>
    public bool IsMeant(RouteUpdate route) => route.Epoch == 0 || route.Epoch == context.Epoch;

    /// <summary>True when a gateway was given up: what it believes to have here is gone.</summary>
    public bool IsLost(GatewayId gateway) => _generations.IsLost(gateway);

    /// <summary>True when a gateway has called this activation.</summary>
    public bool HasHeardOf(GatewayId gateway) => _generations.HasHeardOf(gateway);

    /// <summary>
    /// True when a gateway believes in this activation and was not given up; whether both hold the same is another question.
    /// </summary>
    public bool IsServing(RouteCheck check) => check.Epoch == Epoch && !IsLost(check.Gateway);

    /// <summary>Lets a call about one session in, or says why not.</summary>
    public Refusal? Admit(RouteUpdate route, SessionId session, CallReach reach = CallReach.Session)
    {
        // A gateway that was given up and does not know it would build on what is gone.
        if (!IsMeant(route) || (route.Epoch != 0 && IsLost(route.Gateway.Id)))
            return Stale;
        if (!_generations.TryAdmit(route.Gateway.Id, session, route.Generation, reach))
            return Stale;
        if (route.Epoch == 0 && IsLost(route.Gateway.Id))
            _generations.SetLost(route.Gateway.Id, false);
        Hear(route.Gateway);
        return null;
    }

    /// <summary>Lets a full registration in, or says why not.</summary>
    public Refusal? AdmitRegistration(RouteUpdate route)
    {
        if (!_generations.TryAdmitRegistration(route.Gateway.Id, route.Generation))
            return Stale;
        _lost.Remove(route.Gateway.Id);
        Hear(route.Gateway);
        return null;
    }

    /// <summary>A session was removed without a call of its gateway.</summary>
    public void NoteRemoval(SessionId session) => _generations.NoteRemoval(session.Gateway, session);

    /// <summary>A gateway has a session here from now on.</summary>
    /// <returns>True when it had none before: what was said meanwhile did not go to it.</returns>
    public bool Want(GatewayRef gateway)
    {
        var isNew = Outbox(gateway.Id) is null;
        if (!_outboxes.TryGetValue(gateway.Id, out var outbox) || outbox.IsClosed)
        {
            NoteNumber(outbox);
            _outboxes[gateway.Id] = outbox =
                new GatewayOutbox(context, gateway, _generations.LastBatchOf(gateway.Id), OnLost);
            Version++;
        }
        else if (outbox.IsRetired)
        {
            Version++;
        }

        outbox.Hear(gateway);
        outbox.Want();
        return isNew;
    }

    /// <summary>The last session of a gateway is gone; what waits for it is still delivered.</summary>
    public void Retire(GatewayId gateway)
    {
        if (!_outboxes.TryGetValue(gateway, out var outbox))
            return;
        outbox.Retire();
        Version++;
        RemoveIfDone(outbox);
    }

    /// <summary>A gateway was heard of.</summary>
    public void Hear(GatewayRef gateway)
    {
        if (_outboxes.TryGetValue(gateway.Id, out var outbox))
            outbox.Hear(gateway);
    }

    /// <summary>The way to a gateway that is wanted; null when it is not.</summary>
    public GatewayOutbox? Outbox(GatewayId gateway) =>
        _outboxes.TryGetValue(gateway, out var outbox) && !outbox.IsRetired && !outbox.IsClosed ? outbox : null;

    /// <summary>Tells one gateway.</summary>
    public void Send(GatewayId gateway, DeliveryItem item) => Outbox(gateway)?.Enqueue(item);

    /// <summary>Completes when a gateway has got all that was said until now; false when that cannot be known.</summary>
    public async Task<bool> MarkAsync(GatewayId gateway)
    {
        if (Outbox(gateway) is not { } outbox)
            return false;
        var receipt = new DeliveryReceipt(1);
        outbox.Enqueue(new RouteMark(NextSequence()), receipt);
        try
        {
            return await receipt.Verdict.WaitAsync(MarkPatience, context.Clock)
                is DeliveryVerdict.Nobody or DeliveryVerdict.Reached;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Tells all gateways that are wanted.</summary>
    public void SendToAll(DeliveryItem item)
    {
        foreach (var outbox in _outboxes.Values)
            if (!outbox.IsRetired)
                outbox.Enqueue(item);
    }

    /// <summary>Tells all gateways that are wanted, for somebody who waits; null when there is none.</summary>
    public DeliveryReceipt? SendForReceipt(DeliveryItem item)
    {
        var open = _outboxes.Values.Count(outbox => !outbox.IsRetired && !outbox.IsClosed);
        if (open == 0)
            return null;
        var receipt = new DeliveryReceipt(open);
        foreach (var outbox in _outboxes.Values)
            if (!outbox.IsRetired && !outbox.IsClosed)
                outbox.Enqueue(item, receipt);
        return receipt;
    }

    /// <summary>Closes the outboxes of gateways whose lease has ended.</summary>
    public void ExpireDead()
    {
        foreach (var outbox in _outboxes.Values)
            if (!outbox.IsClosed && context.Leases.IsDead(outbox.Id, outbox.HeardAt))
            {
                outbox.Close();
                OnLost(outbox, GatewayLoss.Dead);
            }
    }

    /// <summary>Clears away the outboxes that are done.</summary>
    public void Tidy()
    {
        foreach (var outbox in _outboxes.Values.ToArray())
            RemoveIfDone(outbox);
    }

    /// <summary>The gateways whose sessions have to go, each once.</summary>
    public IReadOnlyCollection<KeyValuePair<GatewayId, GatewayLoss>> TakeLost()
    {
        var lost = _lost.ToArray();
        _lost.Clear();
        return lost;
    }

    /// <summary>True when <see cref="TakeLost"/> has something to tell.</summary>
    public bool HasLost => _lost.Count > 0;

    /// <summary>
    /// Says good-bye to all gateways, waits for their answers for a bounded time, and ends all delivery.
    /// </summary>
    public async Task CloseAsync()
    {
        SendToAll(new RouteClosing(NextSequence()));
        var drained = Task.WhenAll(_outboxes.Values.Select(outbox => outbox.DrainAsync()));
        try
        {
            await drained.WaitAsync(context.Options.ClosingWait, context.Clock);
        }
        catch (TimeoutException)
        {
            DeliveryLog.ClosingTimedOut(context.Logger, context.Route);
        }

        foreach (var outbox in _outboxes.Values)
            outbox.Close();
    }

    private void OnLost(GatewayOutbox outbox, GatewayLoss loss)
    {
        // One that was retired has no sessions here, so nobody has to go. The set of outboxes is not touched: a loss may
        // come up while it is walked through.
        if (!outbox.IsRetired)
        {
            _lost[outbox.Id] = loss;
            _generations.SetLost(outbox.Id, true);
        }

        wake();
    }

    private void RemoveIfDone(GatewayOutbox outbox)
    {
        if (!outbox.IsClosed && !(outbox.IsRetired && outbox.IsIdle))
            return;
        NoteNumber(outbox);
        outbox.Close();
        _outboxes.Remove(outbox.Id);
        Version++;
    }

    private void NoteNumber(GatewayOutbox? outbox)
    {
        if (outbox is not null)
            _generations.NoteLastBatch(outbox.Id, outbox.LastNumber);
    }
}
