using Orleans.Runtime;

namespace Orleans;

/// <summary>A call that is about to leave.</summary>
public interface IOutgoingGrainCallContext : IGrainCallContext
{
    /// <summary>The activation that calls, or null when host code does.</summary>
    IGrainContext? SourceContext { get; }
}
