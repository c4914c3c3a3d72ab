namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Runs timers whose ticks the test can see and hold.</summary>
internal interface ITickingGrain : IGrainWithStringKey
{
    Task Start(GrainTimerCreationOptions options, bool throws);

    Task Change(TimeSpan due, TimeSpan period);

    Task StopTimer();

    Task<int> Ticks();

    Task Hold(string gate);

    Task Leave();
}
