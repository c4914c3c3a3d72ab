namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Tells where its calls run.</summary>
internal interface ICallersGrain : IGrainWithStringKey
{
    Task<CallersTurn> Where();

    ValueTask<CallersTurn> WhereByValue();

    /// <summary>True when the code after an await runs in a turn of the grain as well.</summary>
    Task<bool> ComesBack();

    /// <summary>Ends when the gate opens.</summary>
    Task Wait(Task gate);

    /// <summary>How many calls came before.</summary>
    Task<int> Next();

    /// <summary>Where the calls of another grain run that this one makes.</summary>
    Task<CallersTurn> WhereOther(string key);

    Task Fail();
}
