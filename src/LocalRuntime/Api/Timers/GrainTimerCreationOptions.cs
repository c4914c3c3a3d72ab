using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>When a grain timer fires and how its callbacks mix with requests.</summary>
public readonly struct GrainTimerCreationOptions()
{
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>From now to the first callback; <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>
    /// From the end of a callback to the next; <see cref="Timeout.InfiniteTimeSpan"/> for one callback.
    /// </summary>
    public required TimeSpan Period { get; init; }

    /// <summary>True when callbacks may interleave with requests. Default false.</summary>
    public bool Interleave { get; init; }

    /// <summary>True when callbacks count as use and keep the activation from collection. Default false.</summary>
    public bool KeepAlive { get; init; }
}
