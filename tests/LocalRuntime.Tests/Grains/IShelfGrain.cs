namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Keeps what it is given, and gives what it keeps: objects that its callers could change.</summary>
public interface IShelfGrain : IPlacedGrain
{
    Task Put(List<string> books);

    Task<List<string>> Take();

    Task<int> Count();

    /// <summary>Notes a text; what was noted in which order.</summary>
    Task<int> Note(string text);

    Task<string> Notes();

    /// <summary>Tells the listener once a second until it is told otherwise.</summary>
    Task TellAlways(IListener listener, string text);
}
