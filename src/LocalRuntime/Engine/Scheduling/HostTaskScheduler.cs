namespace ImOrleans.LocalRuntime;

/// <summary>Host code on a turn scheduler: each task is a turn of its own, so host code may run concurrently.</summary>
internal sealed class HostTaskScheduler(ITurnScheduler turns) : TaskScheduler
{
    protected override void QueueTask(Task task) => turns.Schedule(new Turn(this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private sealed class Turn(HostTaskScheduler scheduler, Task task) : IThreadPoolWorkItem
    {
        public void Execute() => scheduler.TryExecuteTask(task);
    }
}
