namespace ImOrleans.LocalRuntime;

/// <summary>
/// The answer that a turn on this thread gave last. When nothing follows it in the turn, its caller goes on right after
/// the turn, on the same thread; that spares a change of thread. All other answers go by the thread pool.
/// </summary>
/// <remarks>A caller never goes on inside the turn that answered it.</remarks>
internal static class HeldAnswer
{
    [ThreadStatic]
    private static bool _isTurn;

    [ThreadStatic]
    private static GrainCall? _held;

    [ThreadStatic]
    private static GrainCall? _callers;

    /// <summary>True while a turn runs on this thread.</summary>
    public static bool IsTurn => _isTurn || _callers is not null;

    /// <summary>A turn begins on this thread.</summary>
    public static void BeginTurn() => _isTurn = true;

    /// <summary>
    /// A turn begins on the thread of a caller that does not await the call yet: only its own answer is given here.
    /// </summary>
    public static void BeginTurnOf(GrainCall caller) => _callers = caller;

    /// <summary>The turn on the caller's thread is over.</summary>
    public static void EndTurnOfCaller() => _callers = null;

    /// <summary>Tells the caller of a call that has been answered, soon.</summary>
    public static void Give(GrainCall call)
    {
        if (_callers == call)
        {
            call.Complete();
        }
        else if (_isTurn && _held is null)
        {
            _held = call;
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: true);
        }
    }

    /// <summary>The turn goes on with another step, for which nobody is to wait.</summary>
    public static void Release()
    {
        if (_held is { } held)
        {
            _held = null;
            ThreadPool.UnsafeQueueUserWorkItem(held, preferLocal: true);
        }
    }

    /// <summary>The turn is over, and its target free for other threads: whoever waits for the answer may go on here.</summary>
    public static void EndTurn()
    {
        _isTurn = false;
        if (_held is { } held)
        {
            _held = null;
            held.Complete();
        }
    }
}
