namespace ImOrleans.LocalRuntime.Tests;

/// <summary>One method of each shape.</summary>
internal interface IEchoGrain : IGrainWithStringKey
{
    Task<string> Echo(string text);

    Task<int> Sum(int left, long right, byte third);

    Task Nothing();

    ValueTask<Guid> ValueEcho(Guid value);

    ValueTask ValueNothing();

    Task<string> Throw(string message);

    Task<string> ThrowLater(string message);

    Task<string> Key();

    Task<string> Where();

    Task<int> ActivationNumber();
}
