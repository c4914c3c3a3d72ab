namespace ImOrleans.Conformance.Tests;

/// <summary>Notes its life under its key, and fails or leaves when told.</summary>
public interface ILifeGrain : IGrainWithStringKey
{
    Task<int> Number();

    Task Leave();

    Task LeaveAfter(string gate);

    Task Delay(TimeSpan time);

    Task FailInconsistent();

    Task CallFailing(string other);
}

public interface IShortLifeGrain : IGrainWithStringKey
{
    Task<int> Number();
}

public interface IEndlessLifeGrain : IGrainWithStringKey
{
    Task<int> Number();
}

public interface IRefusingGrain : IGrainWithStringKey
{
    Task<int> Number();
}
