namespace ImOrleans.Conformance.Tests;

/// <summary>Keeps two states.</summary>
public interface IStateGrain : IGrainWithStringKey
{
    Task<string> Read();

    Task Write(string text);

    Task WriteOther(string text);

    Task Clear();

    Task Reload();

    Task<bool> Exists();

    Task<string?> Etag();

    /// <summary>Writes several times without waiting; tells how many writes there were, by the version.</summary>
    Task WriteManyAtOnce(int count);

    Task Leave();
}
