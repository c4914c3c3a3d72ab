namespace ImOrleans.Conformance.Tests;

/// <summary>No class implements it.</summary>
public interface INobodyGrain : IGrainWithStringKey
{
    Task Call();
}
