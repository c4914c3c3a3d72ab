namespace ImOrleans.Grains.Tests.Kit;

/// <summary>Stands before every call that arrives at a grain, so that a test can hold one up, lose it or its answer.</summary>
internal sealed class CallGate : IIncomingGrainCallFilter
{
    /// <summary>What happens instead of the call; null to let everything pass.</summary>
    public Func<IIncomingGrainCallContext, Task>? Instead { get; set; }

    public Task Invoke(IIncomingGrainCallContext context) =>
        Instead is { } instead && CallEdgeFilter.IsGrain(context.TargetId) ? instead(context) : context.Invoke();
}
