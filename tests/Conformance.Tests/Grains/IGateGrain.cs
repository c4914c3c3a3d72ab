namespace ImOrleans.Conformance.Tests;

/// <summary>Methods that wait until the test lets them go on.</summary>
public interface IGateGrain : IPlacedGrain
{
    /// <summary>Waits, then tells where it lives.</summary>
    Task<string> Pass(string gate);

    /// <summary>Waits, then notes that it went on.</summary>
    Task PassAndNote(string gate);
}
