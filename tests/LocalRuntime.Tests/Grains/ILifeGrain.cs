namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Notes its life under its key, and fails or leaves when told.</summary>
internal interface ILifeGrain : IGrainWithStringKey
{
    Task<int> Number();

    Task Leave();

    Task LeaveAfter(string gate);

    Task Delay(TimeSpan time);

    Task FailInconsistent();

    Task CallFailing(string other);
}

internal interface IShortLifeGrain : IGrainWithStringKey
{
    Task<int> Number();
}

internal interface IEndlessLifeGrain : IGrainWithStringKey
{
    Task<int> Number();
}

internal interface IRefusingGrain : IGrainWithStringKey
{
    Task<int> Number();
}
