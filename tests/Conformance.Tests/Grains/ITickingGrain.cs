namespace ImOrleans.Conformance.Tests;

/// <summary>Runs timers whose ticks the test can see and hold.</summary>
public interface ITickingGrain : IGrainWithStringKey
{
    Task Start(TimeSpan due, TimeSpan period, bool interleave = false, bool throws = false);

    /// <summary>Starts a timer that is disposed by its own callback.</summary>
    Task StartOnce(TimeSpan due, TimeSpan period);

    /// <summary>Starts a timer whose callback changes it.</summary>
    Task StartChanging(TimeSpan due, TimeSpan period, TimeSpan next);

    /// <summary>Starts a timer whose callback waits at a gate.</summary>
    Task StartWaiting(TimeSpan due, TimeSpan period, string gate);

    Task Change(TimeSpan due, TimeSpan period);

    Task StopTimer();

    Task<int> Ticks();

    Task Hold(string gate);

    Task Leave();
}
