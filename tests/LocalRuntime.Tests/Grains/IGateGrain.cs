namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Methods that wait until the test lets them go on.</summary>
internal interface IGateGrain : IGrainWithStringKey
{
    Task<string> Pass(string gate);

    /// <summary>Waits, then notes that it went on.</summary>
    Task PassAndNote(string gate);

    Task<string> Where();
}
