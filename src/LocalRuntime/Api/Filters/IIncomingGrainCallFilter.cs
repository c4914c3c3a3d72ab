namespace Orleans;

/// <summary>Stands before every call that arrives at a grain or an observer; a grain class may be its own.</summary>
public interface IIncomingGrainCallFilter
{
    Task Invoke(IIncomingGrainCallContext context);
}
