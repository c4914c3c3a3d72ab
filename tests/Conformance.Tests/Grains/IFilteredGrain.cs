namespace ImOrleans.Conformance.Tests;

/// <summary>A grain that other grains call, and that is its own filter.</summary>
public interface IFilteredGrain : IGrainWithStringKey
{
    Task<string> Join(string left, string right);

    Task<string> CallOther(string other, string text);

    Task<string?> ReadContext(string key);

    Task<string?> ReadContextThrough(string other, string key);

    Task Nothing();
}
