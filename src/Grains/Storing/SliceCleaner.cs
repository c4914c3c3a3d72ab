using Microsoft.Extensions.Hosting;

namespace ImOrleans.Grains.Storing;

/// <summary>Removes what is older than it is to be kept, a slice at a time, so that nobody waits for it.</summary>
/// <remarks>On a cluster every silo does so; the stores let them take different rows.</remarks>
/// <param name="clock">The clock.</param>
public abstract class SliceCleaner(TimeProvider clock) : BackgroundService
{
    /// <summary>Rows of a kind that are removed at once.</summary>
    internal const int SliceMax = 500;

    /// <summary>While there is more: 2500 a second at most, which is more than a disk takes in for long.</summary>
    internal static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(200);

    /// <summary>When there is no more.</summary>
    internal static readonly TimeSpan IdlePause = TimeSpan.FromMinutes(1);

    private bool _isFailing;

    /// <summary>The clock.</summary>
    protected TimeProvider Clock => clock;

    /// <summary>False when nothing is ever removed.</summary>
    protected abstract bool HasWork { get; }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!HasWork)
            return;
        try
        {
            while (true)
                await Task.Delay(await CleanAsync(), clock, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    /// <summary>Removes one slice of each kind; the size of the greatest one.</summary>
    protected abstract Task<int> RemoveAsync();

    /// <summary>Tells of a failure; once for each time of trouble.</summary>
    protected abstract void OnFailing(Exception failure);

    /// <summary>Removes one slice; how long to wait before the next.</summary>
    internal async Task<TimeSpan> CleanAsync()
    {
        try
        {
            var removed = await RemoveAsync();
            _isFailing = false;
            return removed < SliceMax ? IdlePause : BusyPause;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Tried again.
            if (!_isFailing)
                OnFailing(failure);
            _isFailing = true;
            return IdlePause;
        }
    }
}
