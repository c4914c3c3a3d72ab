using ImOrleans.LocalRuntime;

namespace ImOrleans.Grains.Tests.Local;

/// <summary>Runs what a test does, and all that follows from it, on one thread and one clock.</summary>
public abstract class TurnTest
{
    protected ManualTimeProvider Clock { get; } = new();

    protected SeededTurnScheduler Turns { get; } = new(seed: 1);

    /// <summary>Does something as a turn, and lets everything run that is ready then.</summary>
    protected void Do(Action action)
    {
        var done = Turns.Start(() =>
        {
            action();
            return Task.CompletedTask;
        });
        Turns.RunUntilIdle();
        done.GetAwaiter().GetResult();
    }

    /// <summary>Runs a call to its end; the clock stands still.</summary>
    protected T Do<T>(Func<Task<T>> call)
    {
        var done = Begin(call);
        Assert.True(done.IsCompleted, "The call still waits, and nothing is ready.");
        return done.GetAwaiter().GetResult();
    }

    /// <summary>Starts a call that will wait for something the test does later.</summary>
    protected Task<T> Begin<T>(Func<Task<T>> call)
    {
        var task = Task.Factory.StartNew(
            call, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Turns.HostScheduler).Unwrap();
        Turns.RunUntilIdle();
        return task;
    }

    /// <summary>Moves the clock timer by timer, and lets everything run in between.</summary>
    protected void Advance(TimeSpan by)
    {
        var end = Clock.Elapsed + by;
        while (Clock.AdvanceToNextTimer(end - Clock.Elapsed))
            Turns.RunUntilIdle();
        Clock.Advance(end - Clock.Elapsed);
        Turns.RunUntilIdle();
    }
}
