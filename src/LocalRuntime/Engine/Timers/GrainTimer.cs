using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>A timer of one activation: each tick is a call in the activation's queue, never two at once.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly TimerTick _tick;
    private readonly ITimer _timer;
    private TimeSpan _due;
    private TimeSpan _period;
    private bool _firing;
    private bool _changed;

    public GrainTimer(
        Activation activation,
        Func<CancellationToken, Task> callback,
        GrainTimerCreationOptions options)
    {
        Validate(options.DueTime, options.Period);
        _activation = activation;
        _callback = callback;
        _tick = new TimerTick(this, activation.GrainId, options);
        _period = options.Period;
        using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _timer = activation.Silo.Cluster.Time.CreateTimer(
            static timer => ((GrainTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(options.DueTime, Timeout.InfiniteTimeSpan);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, period);
        lock (_lock)
        {
            _due = dueTime;
            _period = period;
            _changed = true;
            if (!_firing && !_stopped.IsCancellationRequested)
            {
                _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        Stop();
        _activation.RemoveTimer(this);
        _stopped.Cancel();
    }

    /// <summary>No tick starts any more; a running callback is not told.</summary>
    public void Stop() => _timer.Dispose();

    /// <summary>The callback, as a call of the activation.</summary>
    public async Task TickAsync()
    {
        if (_stopped.IsCancellationRequested)
        {
            return;
        }

        lock (_lock)
        {
            _changed = false;
        }

        try
        {
            await _callback(_stopped.Token);
        }
        finally
        {
            lock (_lock)
            {
                _firing = false;
                if (!_stopped.IsCancellationRequested)
                {
                    _timer.Change(_changed ? _due : _period, Timeout.InfiniteTimeSpan);
                }
            }
        }
    }

    private static void Validate(TimeSpan dueTime, TimeSpan period)
    {
        const long Longest = 0xfffffffe;
        ArgumentOutOfRangeException.ThrowIfLessThan((long)dueTime.TotalMilliseconds, -1, nameof(dueTime));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)dueTime.TotalMilliseconds, Longest, nameof(dueTime));
        ArgumentOutOfRangeException.ThrowIfLessThan((long)period.TotalMilliseconds, -1, nameof(period));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)period.TotalMilliseconds, Longest, nameof(period));
    }

    private void Fire()
    {
        lock (_lock)
        {
            _firing = true;
        }

        _activation.TryReceive(_tick);
    }
}
