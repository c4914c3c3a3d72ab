namespace ImOrleans.Conformance.Tests;

/// <summary>One method of each shape.</summary>
public interface IEchoGrain : IPlacedGrain
{
    Task<string> Echo(string text);

    Task<int> Sum(int left, long right, byte third);

    Task Nothing();

    ValueTask<Guid> ValueEcho(Guid value);

    ValueTask ValueNothing();

    Task<string> Throw(string message);

    Task<string> ThrowLater(string message);

    Task<string> Key();

    Task<int> ActivationNumber();
}
