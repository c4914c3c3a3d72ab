using System.Runtime.InteropServices;
using ImOrleans.Domain.Delivery;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Diagnostics;

namespace ImOrleans.Grains.Delivery;

/// <summary>
/// What one activation has for one gateway. One numbered batch is under way; the rest gathers, and leaves together.
/// </summary>
/// <remarks>
/// <para>A batch without an answer is repeated with the same number and the same items until it is acknowledged, so
/// that a gateway which took it before can tell. It ends when the gateway acknowledges, answers that it does not know
/// the route, is dead by its lease, or when the outbox is closed.</para>
/// <para>Everything here runs on the scheduler of the grain, between its turns or in them: the sending loop is not
/// awaited by any call and touches nothing but this object. Who loses the gateway is told through
/// <paramref name="onLost"/>, and decides in a turn of its own.</para>
/// <para><b>Guarantee:</b> items arrive in order, each at most once; after <see cref="Close"/> nothing is sent.</para>
/// </remarks>
internal sealed class GatewayOutbox(
    OutboxContext context,
    GatewayRef gateway,
    long lastNumber,
    Action<GatewayOutbox, GatewayLoss> onLost)
{
    private readonly PriorityBuffer<Entry> _waiting =
        new(context.Options.QueueItemsMax, context.Options.QueueBytesMax, static entry => entry.Receipt?.Dropped());

    // The receipts of the batch under way, by place; no list at all for the many batches that have none.
    private readonly List<(int Place, DeliveryReceipt Receipt)> _receipts = [];
    private CancellationTokenSource? _pause;
    private TaskCompletionSource? _drained;
    private GatewayRef _gateway = gateway;
    private int _dropped;
    private long _registrations;
    private bool _isSending;

    public GatewayId Id => _gateway.Id;

    /// <summary>Where the gateway can be asked something.</summary>
    public IGatewayObserver Observer => _gateway.Observer;

    /// <summary>The number of the last batch that was formed.</summary>
    public long LastNumber { get; private set; } = lastNumber;

    /// <summary>When the gateway was last heard of: its calls and its acknowledgements.</summary>
    public long HeardAt { get; private set; } = context.Clock.GetTimestamp();

    /// <summary>True when no session wants anything new; what waits is still delivered.</summary>
    public bool IsRetired { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>True when nothing waits and nothing is under way.</summary>
    public bool IsIdle => !_isSending;

    /// <summary>The gateway called: it is alive, and this is where it takes deliveries.</summary>
    public void Hear(GatewayRef gateway)
    {
        _gateway = gateway;
        HeardAt = context.Clock.GetTimestamp();
    }

    /// <summary>The gateway has a session here, as of now.</summary>
    public void Want()
    {
        IsRetired = false;
        _registrations++;
    }

    /// <summary>No session of the gateway is left; what waits is still delivered.</summary>
    public void Retire() => IsRetired = true;

    /// <summary>Adds an item; sends at once when nothing is under way.</summary>
    public void Enqueue(DeliveryItem item, DeliveryReceipt? receipt = null)
    {
        if (IsClosed)
        {
            receipt?.Dropped();
            return;
        }

        var entry = new Entry(item, receipt);
        var fits = true;
        int dropped;
        if (item.Priority is { } priority)
            dropped = _waiting.Add(entry, item.Bytes, priority);
        else
            fits = _waiting.TryAddRequired(entry, item.Bytes, out dropped);
        if (dropped > 0)
            CountDropped(dropped);
        if (!fits)
            Lose(GatewayLoss.Overflow);
        else if (!_isSending)
            _ = SendAsync();
    }

    /// <summary>Completes when nothing waits and nothing is under way, or when the outbox is closed.</summary>
    public Task DrainAsync()
    {
        if (IsIdle || IsClosed)
            return Task.CompletedTask;
        return (_drained ??= new()).Task;
    }

    /// <summary>Ends it: nothing is sent any more, and what waits is lost.</summary>
    public void Close()
    {
        if (IsClosed)
            return;
        IsClosed = true;
        _pause?.Cancel();
        foreach (var (_, receipt) in TakeReceipts())
            receipt.Lost();
        while (_waiting.TryTake(out var entry, out _))
            entry.Receipt?.Dropped();
        _drained?.TrySetResult();
    }

    private async Task SendAsync()
    {
        _isSending = true;
        try
        {
            while (!IsClosed && TakeBatch() is { } batch)
                if (await DeliverAsync(batch) is { } ack)
                    Settle(ack);
        }
        catch (Exception exception)
        {
            // A defect of ours: without this the loop would end in silence and the queue fill up for ever.
            DeliveryLog.OutboxFailed(context.Logger, context.Route, Id.Value, exception);
            Lose(GatewayLoss.Overflow);
        }
        finally
        {
            _isSending = false;
            var drained = _drained;
            _drained = null;
            drained?.TrySetResult();
        }
    }

    private DeliveryBatch? TakeBatch()
    {
        if (_waiting.Count == 0)
            return null;
        var items = new DeliveryItem[Math.Min(_waiting.Count, context.Options.BatchItemsMax)];
        for (var place = 0; place < items.Length; place++)
        {
            _waiting.TryTake(out var entry, out _);
            items[place] = entry.Item;
            if (entry.Receipt is { } receipt)
                _receipts.Add((place, receipt));
        }

        var dropped = _dropped;
        _dropped = 0;
        return new(
            context.Route,
            context.Epoch,
            ++LastNumber,
            ImmutableCollectionsMarshal.AsImmutableArray(items),
            dropped);
    }

    /// <summary>Sends a batch until it is acknowledged; null when that will never be.</summary>
    private async Task<DeliveryAck?> DeliverAsync(DeliveryBatch batch)
    {
        for (var pause = context.Options.RetryPauseMin; !IsClosed; pause = Longer(pause))
        {
            var registrations = _registrations;
            try
            {
                var ack = await _gateway.Observer.DeliverAsync(batch);
                HeardAt = context.Clock.GetTimestamp();
                if (ack.IsKnown)
                    return ack;

                // The gateway may have registered while its answer was on the way; then it knows the route by now.
                if (registrations == _registrations)
                {
                    Settle(DeliveryAck.Unknown);
                    Lose(GatewayLoss.Unknown);
                    return null;
                }
            }
            catch (ClientNotAvailableException)
            {
                pause = context.Options.RetryPauseMax;
            }
            catch (Exception exception)
            {
                DeliveryLog.BatchFailed(context.Logger, context.Route, Id.Value, batch.Number, exception);
            }

            if (context.Leases.IsDead(Id, HeardAt))
            {
                Lose(GatewayLoss.Dead);
                return null;
            }

            if (await PauseAsync(pause))
                GrainMetrics.BatchesRepeated.Add(1);
        }

        return null;
    }

    private TimeSpan Longer(TimeSpan pause)
    {
        var longer = pause * 2;
        return longer < context.Options.RetryPauseMax ? longer : context.Options.RetryPauseMax;
    }

    /// <summary>Waits; false when the outbox was closed meanwhile.</summary>
    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        if (IsClosed)
            return false;
        _pause ??= new();
        await Task.Delay(pause, context.Clock, _pause.Token).ConfigureAwait(
            ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        return !IsClosed;
    }

    private void Settle(DeliveryAck ack)
    {
        foreach (var (place, receipt) in TakeReceipts())
            receipt.Acked(!ack.Reached.IsDefault && place < ack.Reached.Length ? ack.Reached[place] : 0);
    }

    // Who waits goes on inline: the list is done with before anybody is told.
    private (int Place, DeliveryReceipt Receipt)[] TakeReceipts()
    {
        if (_receipts.Count == 0)
            return [];
        var receipts = _receipts.ToArray();
        _receipts.Clear();
        return receipts;
    }

    private void Lose(GatewayLoss loss)
    {
        if (IsClosed)
            return;
        DeliveryLog.OutboxGaveUp(context.Logger, context.Route, Id.Value, loss);
        Close();
        onLost(this, loss);
    }

    private void CountDropped(int dropped)
    {
        _dropped += dropped;
        GrainMetrics.DeliveriesDropped.Add(dropped);
    }

    private readonly record struct Entry(DeliveryItem Item, DeliveryReceipt? Receipt);
}
