using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>The observers of one silo's host code.</summary>
internal sealed class ObserverRegistry(LocalSilo silo)
{
    private static readonly GrainType ObserverType = GrainType.Create("sys.client");

    private readonly ConcurrentDictionary<GrainId, Observer> _observers = new();
    private long _last;
    private volatile bool _closed;

    public Observer Add(IGrainObserver target)
    {
        var id = GrainId.Create(
            ObserverType,
            $"{silo.SiloAddress.ToParsableString()}+{Interlocked.Increment(ref _last)}");
        var observer = new Observer(silo, id, target);
        _observers[id] = observer;
        if (_closed)
        {
            observer.Close();
        }

        return observer;
    }

    /// <summary>Removes the object that a reference names; false when none of this silo is there any more.</summary>
    /// <remarks>A silo that has ended has let go of all, and its host may take leave of them nevertheless.</remarks>
    public bool TryRemove(GrainId id)
    {
        if (!_observers.TryRemove(id, out var found))
        {
            return _closed;
        }

        found.Close();
        return true;
    }

    /// <summary>Removes one whose object was collected.</summary>
    public void Forget(Observer observer) => _observers.TryRemove(observer.Id, out _);

    public void Close()
    {
        _closed = true;
        foreach (var observer in _observers.Values.OrderBy(static observer => observer.Id))
        {
            observer.Close();
        }

        _observers.Clear();
    }
}
