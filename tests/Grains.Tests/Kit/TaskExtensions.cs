namespace ImOrleans.Grains.Tests.Kit;

internal static class TaskExtensions
{
    /// <summary>The result of a task that must have ended by now: nothing is waited for.</summary>
    public static T Now<T>(this Task<T> task)
    {
        Assert.True(task.IsCompleted, "The task has not ended.");
        return task.GetAwaiter().GetResult();
    }
}
