using Orleans.Concurrency;

namespace ImOrleans.Conformance.Tests;

/// <summary>Calls observers.</summary>
public interface IPublisherGrain : IPlacedGrain
{
    Task Subscribe(IListener listener);

    /// <summary>Calls the observer and waits for its answer.</summary>
    Task<int> Ask(int number);

    /// <summary>Calls the observer by its method with a short time limit.</summary>
    Task<int> AskShortly(int number);

    /// <summary>Gives the observer on to another grain.</summary>
    Task Introduce(IPublisherGrain other);

    /// <summary>Calls the observer several times at once, and waits for all answers.</summary>
    Task AskMany(int count);

    /// <summary>Tells the observer something and does not wait.</summary>
    Task Tell(string text);

    /// <summary>Tries to make an observer inside the grain.</summary>
    Task MakeObserver();
}

public interface IListener : IGrainObserver
{
    Task<int> Ask(int number);

    [ResponseTimeout("00:00:01")]
    Task<int> AskShortly(int number);

    Task Note(int number);

    void Tell(string text);

    [OneWay]
    Task TellOneWay(string text);
}
