namespace ImOrleans.LocalRuntime;

/// <summary>The calls that wait for one target, linked through themselves: an empty queue costs nothing.</summary>
internal struct CallQueue
{
    private GrainCall? _head;
    private GrainCall? _tail;

    /// <summary>How many of the waiting calls may overtake others.</summary>
    private int _overtaking;

    public readonly bool IsEmpty => _head is null;

    public readonly GrainCall? Head => _head;

    /// <summary>True when looking beyond the head can find a call that may run though the head may not.</summary>
    public readonly bool HasOvertaking => _overtaking > 0;

    public void Add(GrainCall call)
    {
        call.Next = null;
        if (_tail is null)
        {
            _head = call;
        }
        else
        {
            _tail.Next = call;
        }

        _tail = call;
        if (MayOvertake(call))
        {
            _overtaking++;
        }
    }

    /// <summary>Takes out a call, given the one before it (null for the head).</summary>
    public void Remove(GrainCall? before, GrainCall call)
    {
        if (before is null)
        {
            _head = call.Next;
        }
        else
        {
            before.Next = call.Next;
        }

        if (_tail == call)
        {
            _tail = before;
        }

        if (MayOvertake(call))
        {
            _overtaking--;
        }

        call.Next = null;
    }

    /// <summary>Takes all: the first of a list linked through <see cref="GrainCall.Next"/>.</summary>
    public GrainCall? TakeAll()
    {
        var all = _head;
        this = default;
        return all;
    }

    private static bool MayOvertake(GrainCall call) =>
        (call.Options & (CallOptions.AlwaysInterleave | CallOptions.ReadOnly)) != 0;
}
