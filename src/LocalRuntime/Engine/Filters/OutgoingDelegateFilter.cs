using Orleans;

namespace ImOrleans.LocalRuntime;

/// <summary>A function as an outgoing filter.</summary>
internal sealed class OutgoingDelegateFilter(OutgoingGrainCallFilterDelegate filter) : IOutgoingGrainCallFilter
{
    public Task Invoke(IOutgoingGrainCallContext context) => filter(context);
}
