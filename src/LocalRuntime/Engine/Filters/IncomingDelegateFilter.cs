using Orleans;

namespace ImOrleans.LocalRuntime;

/// <summary>A function as an incoming filter.</summary>
internal sealed class IncomingDelegateFilter(IncomingGrainCallFilterDelegate filter) : IIncomingGrainCallFilter
{
    public Task Invoke(IIncomingGrainCallContext context) => filter(context);
}
