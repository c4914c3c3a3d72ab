using Orleans.Concurrency;

namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Grains that call each other, keep timers and notify an observer: many turns that could go either way.</summary>
internal interface IMeshGrain : IGrainWithStringKey
{
    Task Run(int depth, IListener listener);

    [OneWay]
    Task Note(string text, IListener listener);
}
