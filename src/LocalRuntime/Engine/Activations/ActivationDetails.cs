using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>What only some activations need, so that an idle one stays small.</summary>
internal sealed class ActivationDetails(ITurnScheduler turns)
{
    public long Number { get; init; }

    /// <summary>No idle collection before this, in UTC ticks.</summary>
    public long KeepUntil { get; set; }

    public IServiceScope? Scope { get; set; }

    public GrainLifecycle? Lifecycle { get; set; }

    public List<GrainTimer>? Timers { get; set; }

    public GrainReference? Reference { get; set; }

    public DeactivationReason Reason { get; set; }

    /// <summary>Why the activation failed, for the callers that wait for it.</summary>
    public Exception? Failure { get; set; }

    /// <summary>True when the activation had served requests before it began to end.</summary>
    public bool WasValid { get; set; }

    public TaskCompletionSource Deactivated { get; } = new(turns.CompletionOptions);
}
