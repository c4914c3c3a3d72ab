using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Diagnostics;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Gateway.Routing;

/// <summary>
/// What this gateway's sessions want of one grain, and whether that grain knows it.
/// </summary>
/// <remarks>
/// <para>The protocol, which the other types of this folder serve: a call that changes an interest carries a rising
/// generation and the epoch of the activation that the gateway believes in. A call whose outcome is unknown, a silo
/// that left, an activation that says good-bye and a failed check all mark the route; it is then registered anew with
/// everything that is confirmed here. A grain refuses calls older than the last registration, and the gateway repeats
/// a call that a registration has overtaken, so that both sides always end up with the same set. No call is sent while
/// a registration is under way, since it could overtake that.</para>
/// <para>Batches from an activation that is not known yet are kept while a call or a registration is under way, since
/// its answer may name exactly that activation; otherwise they are refused, and the sender forgets this gateway.</para>
/// </remarks>
internal abstract class Route(string key)
{
    /// <summary>Batches kept for an activation whose registration is under way; a grain has one in flight.</summary>
    private const int EarlyBatchesMax = 16;

    private readonly List<DeliveryBatch> _early = [];
    private readonly Queue<FanOut> _fanOuts = new();
    private bool _isFanningOut;
    private int _callsInFlight;
    private long _registeredGeneration;
    private long? _lastNumber;
    private long? _lastNumberBefore;
    private ImmutableArray<int> _lastReached = [];

    /// <summary>The key of the grain.</summary>
    public string Key { get; } = key;

    /// <summary>A number of the key's, to spread routes by.</summary>
    public uint Spread { get; } = (uint)Fnv1a.Of(key);

    /// <summary>Guards this route. Taken room before topic where both are needed.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The activation that the route is registered with; zero when there is none.</summary>
    public long Epoch { get; private set; }

    /// <summary>The silo of that activation.</summary>
    public string? Silo { get; private set; }

    /// <summary>True when the grain may not know what is confirmed here.</summary>
    public bool NeedsRegistration { get; private set; }

    /// <summary>True when the grain knows what is confirmed here, and no registration is under way. Under the gate.</summary>
    public bool IsRegistered => !NeedsRegistration && Registration is null;

    /// <summary>The registration under way; owned by <see cref="RouteRegistrar"/>.</summary>
    public Task<bool>? Registration { get; set; }

    /// <summary>True while the registrar tries again and again; owned by <see cref="RouteRegistrar"/>.</summary>
    public bool IsBeingRepaired { get; set; }

    /// <summary>True when the route was taken out of the table and must not be used any more.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>Items that the grain dropped or that never arrived.</summary>
    public long LostItems { get; private set; }

    /// <summary>True when no session wants anything here.</summary>
    protected abstract bool IsEmpty { get; }

    /// <summary>
    /// States all that is confirmed here to the grain. Under <see cref="Gate"/> until its first await.
    /// </summary>
    public abstract Task<Outcome<RouteStamp>> RegisterAsync(RouteUpdate update);

    /// <summary>Asks the grain whether it knows exactly what is confirmed here.</summary>
    public abstract Task<bool> CheckAsync(RouteCheck check);

    /// <summary>The digest of what is confirmed. Under <see cref="Gate"/>.</summary>
    public abstract long Digest();

    /// <summary>
    /// Gives one item to the sessions that want it, through <paramref name="fanOut"/>. Under <see cref="Gate"/>.
    /// </summary>
    /// <returns>How many sessions it goes to.</returns>
    protected abstract int Dispatch(DeliveryItem item, FanOut fanOut);

    /// <summary>Keeps the route alive for a call; false when it was removed meanwhile.</summary>
    public bool TryEnter()
    {
        lock (Gate)
        {
            if (IsRemoved)
                return false;
            _callsInFlight++;
            return true;
        }
    }

    /// <summary>Ends what <see cref="TryEnter"/> began.</summary>
    public void Exit()
    {
        lock (Gate)
            // No answer can name the activations of these batches any more.
            if (--_callsInFlight == 0 && !NeedsRegistration)
                _early.Clear();
    }

    /// <summary>
    /// True when a call's effect stands: no registration that did not know of it was sent meanwhile, and it was no
    /// other activation that answered. Under <see cref="Gate"/>.
    /// </summary>
    public bool TryAdopt(RouteUpdate update, RouteStamp? stamp)
    {
        if (HasRegisteredSince(update) || (stamp is not null && Epoch != 0 && stamp.Epoch != Epoch))
            return false;
        if (stamp is not null)
            Adopt(stamp);
        return true;
    }

    /// <summary>True when a registration was begun after a call, and so undoes it. Under <see cref="Gate"/>.</summary>
    public bool HasRegisteredSince(RouteUpdate call) => call.Generation < _registeredGeneration;

    /// <summary>Marks the route to be registered anew. Under <see cref="Gate"/>.</summary>
    /// <remarks>
    /// A removed one is left alone: another route may stand for its key by now, and the grain would take the empty
    /// registration of this one for the truth about both.
    /// </remarks>
    public void Invalidate() => NeedsRegistration = !IsRemoved;

    /// <summary>Begins a registration. Under <see cref="Gate"/>.</summary>
    public void BeginRegistration(long generation)
    {
        NeedsRegistration = false;
        _registeredGeneration = generation;
        _lastNumberBefore = _lastNumber;
        _callsInFlight++;
    }

    /// <summary>Ends a registration; a failed one leaves the route marked. Under <see cref="Gate"/>.</summary>
    public void EndRegistration(RouteStamp? stamp)
    {
        _callsInFlight--;
        if (stamp is null)
        {
            NeedsRegistration = true;
            return;
        }

        Adopt(stamp);
        // A batch whose acknowledgement was lost comes again, so numbers are forgotten only when the grain has.
        if (stamp.LastBatch < _lastNumberBefore)
        {
            _lastNumber = stamp.LastBatch;
            OnLost();
        }

        OnRegistered();
    }

    /// <summary>
    /// Takes the route out of use when nobody wants it and the grain knows so. Under <see cref="Gate"/>.
    /// </summary>
    public bool TryRemove()
    {
        if (!IsRemoved && IsEmpty && _callsInFlight == 0 && !NeedsRegistration)
            IsRemoved = true;
        return IsRemoved;
    }

    /// <summary>True when the rolling check has something to compare. Under <see cref="Gate"/>.</summary>
    public bool IsSettled => Epoch != 0 && !NeedsRegistration && _callsInFlight == 0 && !IsRemoved;

    /// <summary>Takes a batch from the grain and writes it to the sessions.</summary>
    public DeliveryAck Deliver(DeliveryBatch batch)
    {
        ImmutableArray<int> reached;
        lock (Gate)
        {
            if (IsRemoved)
                return DeliveryAck.Unknown;
            if (batch.Epoch != Epoch)
                return TryKeep(batch) ? new(true, [.. batch.Items.Select(_ => Audience)]) : DeliveryAck.Unknown;
            reached = Accept(batch);
        }

        RunFanOuts();
        return new(true, reached);
    }

    /// <summary>Hands out what came before the answer that named its activation. Under <see cref="Gate"/>.</summary>
    /// <remarks><see cref="RunFanOuts"/> follows, once the gate is free.</remarks>
    public void ReleaseEarly()
    {
        if (_early.Count == 0)
            return;
        foreach (var batch in _early.Where(batch => batch.Epoch == Epoch))
            Accept(batch);
        if (_callsInFlight == 0 && !NeedsRegistration)
            _early.Clear();
        else
            _early.RemoveAll(batch => batch.Epoch == Epoch);
    }

    /// <summary>Writes what was decided under the gate, in that order. Outside of the gate.</summary>
    /// <remarks>
    /// Batches are decided on by several threads: those that deliver, and those that release early ones. One thread at
    /// a time writes; another leaves what it has to the one that is at it: nothing overtakes, and nobody waits.
    /// </remarks>
    public void RunFanOuts()
    {
        for (var isMine = false; ; isMine = true)
        {
            FanOut? next;
            lock (Gate)
            {
                if (_isFanningOut && !isMine)
                    return;
                _isFanningOut = _fanOuts.TryDequeue(out next);
            }

            if (next is null)
                return;
            try
            {
                next.Run();
            }
            catch
            {
                lock (Gate)
                    _isFanningOut = false;
                throw;
            }
        }
    }

    /// <summary>Completes when all that was decided on until now was handed to the sessions.</summary>
    public Task FannedOutAsync()
    {
        var done = new TaskCompletionSource(); // Completed outside of the gate.
        var last = new FanOut();
        last.Then(done.SetResult);
        lock (Gate)
            Enqueue(last);
        RunFanOuts();
        return done.Task;
    }

    /// <summary>Puts writes behind those that were decided on before. Under the gate.</summary>
    protected void Enqueue(FanOut fanOut)
    {
        if (!fanOut.IsEmpty)
            _fanOuts.Enqueue(fanOut);
    }

    /// <summary>How many sessions an item of unknown standing would go to.</summary>
    protected virtual int Audience => 0;

    /// <summary>Another activation answers: what was kept of the last one means nothing. Under the gate.</summary>
    protected virtual void OnEpochChanged()
    {
    }

    /// <summary>Items were lost, or may have been: the grain had forgotten this gateway. Under the gate.</summary>
    protected virtual void OnLost()
    {
    }

    /// <summary>The grain knows what is confirmed here. Under the gate.</summary>
    protected virtual void OnRegistered()
    {
    }

    private void Adopt(RouteStamp stamp)
    {
        if (stamp.Epoch == Epoch)
            return;
        Epoch = stamp.Epoch;
        Silo = stamp.Silo;
        // The first batch that comes may be a later one, or an old one again: the sessions' positions tell what is new.
        (_lastNumber, _lastNumberBefore, _lastReached) = (null, null, []);
        OnEpochChanged();
    }

    private bool TryKeep(DeliveryBatch batch)
    {
        if (_callsInFlight == 0)
            return false;
        if (_early.Exists(known => known.Epoch == batch.Epoch && known.Number == batch.Number))
            return true;
        if (_early.Count == EarlyBatchesMax)
        {
            // The sender forgets this gateway, though the answer that is on its way says that it knows it.
            NeedsRegistration = true;
            return false;
        }

        _early.Add(batch);
        return true;
    }

    private ImmutableArray<int> Accept(DeliveryBatch batch)
    {
        if (batch.Number == _lastNumber)
            return _lastReached;
        if (batch.Number < _lastNumber)
            return [.. batch.Items.Select(_ => 0)];
        var lost = batch.Dropped + (_lastNumber is { } last ? batch.Number - last - 1 : 0);
        LostItems += lost;
        GatewayMetrics.ItemsLost.Add(lost);
        _lastNumber = batch.Number;
        if (lost > 0)
            OnLost();
        var fanOut = new FanOut();
        var reached = ImmutableArray.CreateBuilder<int>(batch.Items.Length);
        foreach (var item in batch.Items)
        {
            if (item is RouteClosing)
                NeedsRegistration = true;
            reached.Add(Dispatch(item, fanOut));
        }

        Enqueue(fanOut);
        return _lastReached = reached.MoveToImmutable();
    }
}
