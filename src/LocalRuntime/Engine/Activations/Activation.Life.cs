using Orleans;

namespace ImOrleans.LocalRuntime;

internal sealed partial class Activation
{
    // As long as Orleans waits.
    private static readonly TimeSpan FailedActivationPause = TimeSpan.FromSeconds(5);

    private async Task ActivateAsync()
    {
        Task? task = null;
        try
        {
            lock (this)
            {
                // A deactivation that came first wins: nothing was started yet.
                if (_state == ActivationState.Creating)
                {
                    _state = ActivationState.Activating;
                }
            }

            _instance = _kind.CreateInstance(this);
            task = StartInstanceAsync(out var source);
            if (!task.IsCompletedSuccessfully)
            {
                await WithLimit(task, source, _kind.ActivationTimeout, "OnActivateAsync");
            }

            lock (this)
            {
                if (_state == ActivationState.Activating)
                {
                    _state = ActivationState.Valid;
                }
            }
        }
        catch (Exception exception)
        {
            Silo.Log.ActivationFailed(_id.ToString(), exception);
            Details.Failure = exception;
            if (task is { IsCompleted: true })
            {
                // A grain that cannot start is not tried without end: callers are held up before they hear of it.
                await Task.Delay(FailedActivationPause, Silo.Cluster.Time);
            }

            Deactivate(new DeactivationReason(
                DeactivationReasonCode.ActivationFailed,
                exception,
                "Failed to activate grain."));
        }

        EndLifeStep();
    }

    private Task StartInstanceAsync(out CancellationTokenSource? source)
    {
        source = null;
        if (!_kind.Class.HasActivation && _details?.Lifecycle is null)
        {
            return Task.CompletedTask;
        }

        source = new CancellationTokenSource();
        return Start(source.Token);

        async Task Start(CancellationToken token)
        {
            if (_details?.Lifecycle is { } lifecycle)
            {
                await lifecycle.StartAsync(token);
            }

            if (_instance is IGrainBase grain)
            {
                await grain.OnActivateAsync(token);
            }
        }
    }

    /// <summary>Awaits the grain's own code, but not beyond a time limit; then its token is cancelled.</summary>
    private async Task WithLimit(Task task, CancellationTokenSource? source, TimeSpan limit, string what)
    {
        try
        {
            await task.WaitAsync(limit, Silo.Cluster.Time);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            source?.Cancel();
            throw new TimeoutException($"{what} of {_id} did not end in {limit}.");
        }
    }

    private void EndLifeStep()
    {
        bool schedule;
        lock (this)
        {
            _inLifeStep = false;
            schedule = WakeLocked();
        }

        if (schedule)
        {
            Turns.Schedule(this);
        }
    }
}
