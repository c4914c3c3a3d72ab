namespace ImOrleans.LocalRuntime.Tests;

internal sealed class CallersGrain : Grain, ICallersGrain
{
    [ThreadStatic]
    private static bool _isCalling;

    private int _count;
    private bool _isRunning;

    /// <summary>Something of the caller's that is not to reach grains.</summary>
    public static AsyncLocal<string?> Ambient { get; } = new();

    /// <summary>Makes a call, so that a turn that runs meanwhile on this thread can tell.</summary>
    public static T During<T>(Func<T> call)
    {
        _isCalling = true;
        try
        {
            return call();
        }
        finally
        {
            _isCalling = false;
        }
    }

    public Task<CallersTurn> Where() => Task.FromResult(Here());

    public ValueTask<CallersTurn> WhereByValue() => new(Here());

    public async Task<bool> ComesBack()
    {
        var before = TaskScheduler.Current;
        await Task.Yield();
        return before == TaskScheduler.Current && before != TaskScheduler.Default;
    }

    public Task Wait(Task gate) => gate;

    public Task<int> Next()
    {
        Assert.False(_isRunning, "Two turns at once.");
        _isRunning = true;
        var count = _count;
        Thread.SpinWait(20);
        _count = count + 1;
        _isRunning = false;
        return Task.FromResult(count);
    }

    public Task<CallersTurn> WhereOther(string key) =>
        During(() => GrainFactory.GetGrain<ICallersGrain>(key).Where());

    public Task Fail() => throw new InvalidOperationException("As asked.");

    private static CallersTurn Here() => new(
        _isCalling, TaskScheduler.Current != TaskScheduler.Default, Ambient.Value, RequestContext.Get("key"));
}
