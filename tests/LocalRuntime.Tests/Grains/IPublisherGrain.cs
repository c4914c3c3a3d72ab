using Orleans.Concurrency;

namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Calls observers.</summary>
internal interface IPublisherGrain : IGrainWithStringKey
{
    Task Subscribe(IListener listener);

    /// <summary>Calls the observer and waits for its answer.</summary>
    Task<int> Ask(int number);

    /// <summary>Calls the observer several times at once, and waits for all answers.</summary>
    Task AskMany(int count);

    /// <summary>Tells the observer something and does not wait.</summary>
    Task Tell(string text);

    /// <summary>Tries to make an observer inside the grain.</summary>
    Task MakeObserver();
}

internal interface IListener : IGrainObserver
{
    Task<int> Ask(int number);

    Task Note(int number);

    void Tell(string text);

    [OneWay]
    Task TellOneWay(string text);
}
