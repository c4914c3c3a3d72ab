using Orleans;
using Orleans.Runtime;
using Orleans.Timers;

namespace ImOrleans.LocalRuntime;

/// <summary>The runtime as the grains of one silo see it.</summary>
internal sealed class GrainRuntime(LocalSilo silo) : IGrainRuntime, ITimerRegistry, IGrainContextAccessor
{
    public string SiloIdentity => silo.SiloAddress.ToParsableString();

    public SiloAddress SiloAddress => silo.SiloAddress;

    public IGrainFactory GrainFactory => silo.References;

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => silo.Services;

    public TimeProvider TimeProvider => silo.Cluster.Time;

    public IGrainContext GrainContext => RuntimeContext.Current!;

    public void DeactivateOnIdle(IGrainContext grainContext) =>
        grainContext.Deactivate(new DeactivationReason(
            DeactivationReasonCode.ApplicationRequested,
            $"{nameof(DeactivateOnIdle)} was called."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) =>
        ((Activation)grainContext).DelayDeactivation(timeSpan);

    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext,
        Func<TState, CancellationToken, Task> callback,
        TState state,
        GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var activation = (Activation)grainContext;
        var timer = new GrainTimer(activation, token => callback(state, token), options);
        if (!activation.TryAddTimer(timer))
        {
            timer.Stop();
        }

        return timer;
    }
}
