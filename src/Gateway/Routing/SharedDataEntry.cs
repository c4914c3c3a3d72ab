using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Locks;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Routing;

/// <summary>One local session in a <see cref="SharedDataRoute"/>: what it wants and has, and how much it knows.</summary>
internal sealed class SharedDataEntry(Session session)
{
    /// <summary>
    /// Items kept for a session whose call is under way: more than a grain can write in the time that a call has.
    /// </summary>
    private const int KeptItemsMax = 4096;

    private readonly Dictionary<LockName, long> _answered = [];
    private readonly Dictionary<LockName, TaskCompletionSource<LockChange?>> _decisions = [];
    private List<DeliveryItem>? _kept;
    private long _toldLocks;

    public Session Session { get; } = session;

    public SharedDataInterest Interest { get; } = new(session.Id, session.User);

    /// <summary>True while a call of the session is under way.</summary>
    public bool IsKeeping => _kept is not null;

    /// <summary>The revision of the metadata that the session knows, when it watches.</summary>
    public long ToldMetadata { get; private set; }

    /// <summary>It is told of metadata after the revision of its snapshot.</summary>
    public void WatchMetadata(long revision) => (Interest.WantsMetadata, ToldMetadata) = (true, revision);

    /// <summary>It is told of locks after the revision of its snapshot.</summary>
    public void WatchLocks(long revision) => (Interest.WantsLocks, _toldLocks) = (true, revision);

    /// <summary>True when a revision of the metadata has to be told; it is known from now on.</summary>
    public bool TryTellMetadata(long revision)
    {
        if (!Interest.WantsMetadata || revision <= ToldMetadata)
            return false;
        ToldMetadata = revision;
        return true;
    }

    /// <summary>True when a revision of the locks has to be told; it is known from now on.</summary>
    public bool TryTellLocks(long revision)
    {
        if (!Interest.WantsLocks || revision <= _toldLocks)
            return false;
        _toldLocks = revision;
        return true;
    }

    /// <summary>The answer to an acquisition; what is older about this lock means nothing any more.</summary>
    public void Answer(LockName name, LockAnswer answer)
    {
        if (answer.FencingToken > 0)
            Interest.Hold(name, answer.FencingToken);
        else
            Interest.Await(name, answer.Ticket);
        _answered[name] = answer.Revision;
    }

    /// <summary>The answer to giving up: it was granted just before, or is waited for no more.</summary>
    public void AnswerForgone(LockName name, LockAnswer answer)
    {
        Interest.Forgo(name);
        if (answer.FencingToken == 0)
            return;
        Interest.Hold(name, answer.FencingToken);
        _answered[name] = answer.Revision;
    }

    /// <summary>
    /// What ends the waiting for a lock, once it does: the session gets it, or it is gone; null when the session is. The
    /// session waits for it now.
    /// </summary>
    public Task<LockChange?> WhenDecided(LockName name)
    {
        if (!_decisions.TryGetValue(name, out var decision))
            _decisions[name] = decision = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return decision.Task;
    }

    /// <summary>The session goes.</summary>
    public void End()
    {
        foreach (var decision in _decisions.Values)
            decision.TrySetResult(null);
    }

    /// <summary>Takes note of an item; what it means for the locks that the session has or awaits.</summary>
    public IReadOnlyList<LockChange> Note(DeliveryItem item)
    {
        var changes = NoteNew(item);
        foreach (var change in changes)
            if (Interest.TicketFor(change.Lock.Name) is null && _decisions.Remove(change.Lock.Name, out var decision))
                decision.TrySetResult(change);
        return changes;
    }

    private IReadOnlyList<LockChange> NoteNew(DeliveryItem item)
    {
        switch (item)
        {
            case LockEvent { Change: var change } news:
                var isNews = !IsAnswered(change.Lock.Name, news.Revision) && Interest.Apply(change);
                Outgrow(news.Revision);
                return isNews ? [change] : [];
            case LockSnapshot { Content: var content }:
                var changes = Interest.Reconcile(content, name => IsAnswered(name, content.Revision));
                Outgrow(content.Revision);
                return changes;
            default:
                return [];
        }
    }

    public void BeginKeeping() => _kept ??= [];

    public bool TryKeep(DeliveryItem item)
    {
        if (_kept is null)
            return false;
        if (_kept.Count < KeptItemsMax)
            _kept.Add(item);
        return true;
    }

    public List<DeliveryItem> TakeKept()
    {
        var kept = _kept ?? [];
        _kept = null;
        return kept;
    }

    private bool IsAnswered(LockName name, long revision) =>
        _answered.TryGetValue(name, out var answered) && revision <= answered;

    /// <summary>What comes next is newer than this, and than the answers up to here.</summary>
    private void Outgrow(long revision)
    {
        if (_answered.Count == 0)
            return;
        foreach (var (name, answered) in _answered)
            if (answered <= revision)
                _answered.Remove(name);
    }
}
