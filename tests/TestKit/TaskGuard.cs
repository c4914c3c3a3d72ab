using System.Runtime.CompilerServices;

namespace ImOrleans.TestKit;

/// <summary>Keeps a test that would wait for ever from doing so. Never a way to wait for something to happen.</summary>
public static class TaskGuard
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task Guard(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        ArgumentNullException.ThrowIfNull(task);
        await Task.WhenAny(task, Task.Delay(Limit));
        ThrowIfRunning(task, what);
        await task;
    }

    public static async Task<T> Guard<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        ArgumentNullException.ThrowIfNull(task);
        await Task.WhenAny(task, Task.Delay(Limit));
        ThrowIfRunning(task, what);
        return await task;
    }

    private static void ThrowIfRunning(Task task, string what)
    {
        if (!task.IsCompleted)
        {
            throw new TimeoutException($"'{what}' had not ended after {Limit}.");
        }
    }
}
