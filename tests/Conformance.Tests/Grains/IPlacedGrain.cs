namespace ImOrleans.Conformance.Tests;

/// <summary>Tells where it lives.</summary>
public interface IPlacedGrain : IGrainWithStringKey
{
    Task<string> Where();
}
