namespace ImOrleans.Conformance.Tests;

/// <summary>A grain that is collected soon.</summary>
public interface IIdleGrain : IGrainWithStringKey
{
    Task Touch();

    Task Delay(TimeSpan time);

    Task Tick(TimeSpan period, bool keepAlive);

    Task<int> Ticks();
}
