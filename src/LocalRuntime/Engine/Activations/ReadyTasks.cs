namespace ImOrleans.LocalRuntime;

/// <summary>
/// The continuations that are ready to run: none, one without a queue, or a queue that is lent for the while.
/// </summary>
internal struct ReadyTasks
{
    [ThreadStatic]
    private static Queue<Task>? _spare;

    private object? _tasks;

    public readonly bool IsEmpty => _tasks is null;

    public void Add(Task task)
    {
        switch (_tasks)
        {
            case null:
                _tasks = task;
                break;
            case Task first:
                var queue = _spare ?? new Queue<Task>();
                _spare = null;
                queue.Enqueue(first);
                queue.Enqueue(task);
                _tasks = queue;
                break;
            default:
                ((Queue<Task>)_tasks).Enqueue(task);
                break;
        }
    }

    public Task Take()
    {
        if (_tasks is Task only)
        {
            _tasks = null;
            return only;
        }

        var queue = (Queue<Task>)_tasks!;
        var task = queue.Dequeue();
        if (queue.Count == 0)
        {
            _tasks = null;
            _spare ??= queue;
        }

        return task;
    }

    public void Clear() => _tasks = null;
}
