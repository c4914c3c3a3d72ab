using ImOrleans.Domain.Locks;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Simulation.Tests;

/// <summary>The locks of one channel as a client makes them out of its events: never anything but what was stored.</summary>
internal sealed class LockReplica(SimulatedWorld world, string visit, string key)
{
    private readonly List<LockDetail> _locks = [];
    private long? _revision;

    /// <summary>True from the first snapshot on.</summary>
    public bool HasBegun => _revision is not null;

    public void Apply(LocksEvent told)
    {
        if (told.Kind is null)
            TakeAll(told);
        else
            TakeChange(told.Kind.Value, told);
        _revision = told.Revision;
        var stored = world.Keeping!.History.LocksOf(key);
        if (told.Revision >= stored.Count)
            world.Journal.Violate($"{visit} is told of revision {told.Revision} of the locks, which is not stored");
        else if (!stored[(int)told.Revision].SequenceEqual(_locks))
            world.Journal.Violate($"{visit} has got revision {told.Revision} of the locks wrong: {this}");
    }

    public override string ToString() => StoredHistory.Print(_locks);

    private void TakeAll(LocksEvent told)
    {
        if (told.Revision <= _revision)
            world.Journal.Violate($"{visit} is told all locks as of {told.Revision} after {_revision}");
        _locks.Clear();
        _locks.AddRange(told.Locks);
    }

    private void TakeChange(LockChangeKind kind, LocksEvent told)
    {
        if (_revision is null)
            world.Journal.Violate($"{visit} is told of a lock before all of them");
        else if (told.Revision != _revision + 1)
            world.Journal.Violate($"{visit} is told of revision {told.Revision} of the locks after {_revision}");
        if (kind == LockChangeKind.Released && world.Keeping!.History.HasExpired(told.EndedToken))
            world.Journal.Violate($"{told.Locks[0].Name} by {told.EndedToken} is told as released, and nobody has released it");
        foreach (var change in told.Locks)
        {
            var place = _locks.FindIndex(detail => detail.Name == change.Name);
            if (place < 0)
                _locks.Add(change);
            else if (kind == LockChangeKind.Removed)
                _locks.RemoveAt(place);
            else
                _locks[place] = change;
        }
    }
}
