namespace ImOrleans.Grains.Delivery;

/// <summary>Gathers what became of one item at several gateways.</summary>
/// <param name="gateways">How many gateways will report, each once.</param>
internal sealed class DeliveryReceipt(int gateways)
{
    // Continues inline, on the scheduler of the grain: a detour over the thread pool would gain nothing.
    private readonly TaskCompletionSource<DeliveryVerdict> _verdict = new();

    private int _pending = gateways;
    private DeliveryVerdict _worst = DeliveryVerdict.Nobody;

    /// <summary>Completes with the first session that was reached, otherwise when all have reported.</summary>
    public Task<DeliveryVerdict> Verdict => _verdict.Task;

    /// <summary>A gateway took the item for so many sessions.</summary>
    public void Acked(int sessions) => Report(sessions > 0 ? DeliveryVerdict.Reached : DeliveryVerdict.Nobody);

    /// <summary>The item went nowhere.</summary>
    public void Dropped() => Report(DeliveryVerdict.Dropped);

    /// <summary>No answer will come.</summary>
    public void Lost() => Report(DeliveryVerdict.Unknown);

    private void Report(DeliveryVerdict verdict)
    {
        _pending--;
        if (verdict == DeliveryVerdict.Reached)
            _verdict.TrySetResult(verdict);
        else if (verdict > _worst)
            _worst = verdict;
        if (_pending == 0)
            _verdict.TrySetResult(_worst);
    }
}
