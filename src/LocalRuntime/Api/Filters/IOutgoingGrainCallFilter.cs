namespace Orleans;

/// <summary>Stands before every call that leaves a silo's grains or host code.</summary>
public interface IOutgoingGrainCallFilter
{
    Task Invoke(IOutgoingGrainCallContext context);
}
