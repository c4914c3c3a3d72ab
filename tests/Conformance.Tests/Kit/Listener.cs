using System.Collections.Concurrent;

namespace ImOrleans.Conformance.Tests;

/// <summary>An observer that remembers what it was told, and can hold up its answers.</summary>
public sealed class Listener : IListener
{
    private int _running;

    public ConcurrentQueue<string> Told { get; } = new();

    public ConcurrentQueue<int> Noted { get; } = new();

    public TaskCompletionSource TwoTold { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Gate { get; set; } = Task.CompletedTask;

    public bool Overlapped { get; private set; }

    public async Task<int> Ask(int number)
    {
        Entered.TrySetResult();
        await Gate;
        return number < 0 ? throw new InvalidOperationException("Not that one.") : number + 1;
    }

    public Task<int> AskShortly(int number) => Ask(number);

    public async Task Note(int number)
    {
        Overlapped |= Interlocked.Increment(ref _running) > 1;
        await Task.Yield();
        Noted.Enqueue(number);
        Interlocked.Decrement(ref _running);
    }

    public void Tell(string text)
    {
        Told.Enqueue(text);
        if (Told.Count == 2)
        {
            TwoTold.SetResult();
        }
    }

    public Task TellOneWay(string text)
    {
        Tell(text);
        throw new InvalidOperationException("Nobody hears of this.");
    }
}
