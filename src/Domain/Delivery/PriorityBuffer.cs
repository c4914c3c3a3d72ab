using ImOrleans.Domain.Messages;

namespace ImOrleans.Domain.Delivery;

/// <summary>
/// A bounded waiting line that keeps its order. When it is full, the least urgent item that may be dropped goes
/// first, the oldest of those before the newer. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// <b>Cost:</b> constant a call: each priority has a line of its own, and a rising number puts them back in order.
/// </remarks>
/// <typeparam name="T">What waits.</typeparam>
/// <param name="countMax">The most items that wait.</param>
/// <param name="bytesMax">The most bytes that wait.</param>
/// <param name="onDropped">Is told each item that goes for room; null when nobody wants to know.</param>
public sealed class PriorityBuffer<T>(int countMax, long bytesMax, Action<T>? onDropped = null)
{
    private const int Levels = (int)MessagePriority.Low + 2;

    // Level 0 holds what must never be dropped; 1 to 4 hold Highest to Low.
    private readonly Queue<Entry>?[] _levels = new Queue<Entry>?[Levels];
    private long _nextNumber;

    /// <summary>Items that wait.</summary>
    public int Count { get; private set; }

    /// <summary>The sum of the sizes of what waits.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds an item that may be dropped for room; returns how many items had to go, itself included.</summary>
    public int Add(T item, int bytes, MessagePriority priority)
    {
        // What can never fit must not drive out the others first.
        if (bytes > bytesMax)
        {
            onDropped?.Invoke(item);
            return 1;
        }

        Enqueue((int)priority + 1, item, bytes);
        var dropped = 0;
        for (; IsOverfull && TryDropOne(); dropped++)
        {
        }

        return dropped;
    }

    /// <summary>Adds an item that must arrive; false when there is no room for it even after all others went.</summary>
    /// <remarks>It stays in the line then: what is overfull with such items is given up by its owner.</remarks>
    public bool TryAddRequired(T item, int bytes, out int dropped)
    {
        Enqueue(0, item, bytes);
        for (dropped = 0; IsOverfull && TryDropOne(); dropped++)
        {
        }

        return !IsOverfull;
    }

    /// <summary>Takes the oldest item.</summary>
    public bool TryTake(out T item, out int bytes)
    {
        Queue<Entry>? oldest = null;
        foreach (var level in _levels)
            if (level is { Count: > 0 } && (oldest is null || level.Peek().Number < oldest.Peek().Number))
                oldest = level;
        if (oldest is null)
        {
            item = default!;
            bytes = 0;
            return false;
        }

        var entry = Remove(oldest);
        item = entry.Item;
        bytes = entry.Bytes;
        return true;
    }

    /// <summary>Takes out what nobody wants any more; the others keep their order.</summary>
    /// <remarks><b>Cost:</b> O(items).</remarks>
    public void RemoveAll(Func<T, bool> isUnwanted)
    {
        ArgumentNullException.ThrowIfNull(isUnwanted);
        foreach (var level in _levels)
            for (var left = level?.Count ?? 0; left > 0; left--)
            {
                var entry = Remove(level!);
                if (isUnwanted(entry.Item))
                    continue;
                level!.Enqueue(entry);
                Count++;
                Bytes += entry.Bytes;
            }
    }

    private bool IsOverfull => Count > countMax || Bytes > bytesMax;

    private void Enqueue(int level, T item, int bytes)
    {
        (_levels[level] ??= new()).Enqueue(new(_nextNumber++, item, bytes));
        Count++;
        Bytes += bytes;
    }

    private bool TryDropOne()
    {
        for (var level = Levels - 1; level > 0; level--)
            if (_levels[level] is { Count: > 0 } queue)
            {
                var entry = Remove(queue);
                onDropped?.Invoke(entry.Item);
                return true;
            }

        return false;
    }

    private Entry Remove(Queue<Entry> queue)
    {
        var entry = queue.Dequeue();
        Count--;
        Bytes -= entry.Bytes;
        return entry;
    }

    private readonly record struct Entry(long Number, T Item, int Bytes);
}
