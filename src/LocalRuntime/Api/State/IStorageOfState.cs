namespace Orleans.Core;

/// <summary>A state of a known type.</summary>
public interface IStorage<TState> : IStorage
{
    TState State { get; set; }
}
