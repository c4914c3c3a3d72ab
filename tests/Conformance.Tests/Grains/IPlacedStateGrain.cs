namespace ImOrleans.Conformance.Tests;

/// <summary>Keeps a text, and tells where it lives.</summary>
public interface IPlacedStateGrain : IPlacedGrain
{
    Task<string> Read();

    Task Write(string text);
}
