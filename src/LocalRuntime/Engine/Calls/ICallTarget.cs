namespace ImOrleans.LocalRuntime;

/// <summary>What runs calls: an activation or an observer.</summary>
internal interface ICallTarget
{
    /// <summary>The silo it lives on.</summary>
    LocalSilo Silo { get; }

    ITurnScheduler Turns { get; }

    /// <summary>Runs the method, through the incoming filters when there are any.</summary>
    Task Invoke(GrainCall call);

    /// <summary>The method has ended: answers the caller and lets the next call run. Called on any thread.</summary>
    /// <param name="call">The call that was begun.</param>
    /// <param name="completed">The method's task, or null when the method was not run.</param>
    void Finish(GrainCall call, Task? completed);

    /// <summary>Runs an action as a turn of its own, between those of calls.</summary>
    void Post(Action action);
}
