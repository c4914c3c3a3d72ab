namespace ImOrleans.LocalRuntime;

/// <summary>
/// Looks at all activations of a silo once a quantum and ends those that have idled longer than their age.
/// </summary>
/// <remarks>
/// A request only marks its activation as used; the time of use is the time of the next look. So an activation
/// ends between its age and its age plus two quanta after its last request.
/// </remarks>
internal sealed class IdleCollector(LocalSilo silo, TimeSpan quantum)
{
    private ITimer? _timer;

    public void Start()
    {
        using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _timer = silo.Cluster.Time.CreateTimer(
            static self => ((IdleCollector)self!).Collect(), this, quantum, quantum);
    }

    public void Stop() => _timer?.Dispose();

    private void Collect()
    {
        var now = silo.Cluster.Time.GetTimestamp();
        var utcNow = silo.Cluster.Time.GetUtcNow();
        var count = 0;
        foreach (var activation in silo.View.Directory.On(silo))
        {
            if (activation.TryCollect(now, utcNow))
            {
                count++;
            }
        }

        if (count > 0)
        {
            silo.Log.Collected(count, silo.Name);
        }
    }
}
