namespace ImOrleans.Simulation.Tests;

/// <summary>How often the store of conversations does not do what it should.</summary>
/// <param name="FailureRate">It does nothing, and says so.</param>
/// <param name="UnknownRate">It gives a write up whose outcome nobody knows.</param>
/// <param name="DelayRate">It is slow.</param>
/// <param name="MaxDelay">How slow.</param>
internal readonly record struct MessageLogWeather(
    double FailureRate, double UnknownRate, double DelayRate, TimeSpan MaxDelay);
