using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Simulation.Tests;

/// <summary>What a visit makes of metadata and locks, as its client is told of them.</summary>
internal sealed class KeeperVisit(SimulatedWorld world, Visit visit)
{
    private readonly SortedDictionary<string, Grant> _holding = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Wait> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Revision, LockDetail? Detail)> _told = [];
    private readonly HashSet<long> _ended = [];
    private readonly SortedSet<string> _doubts = new(StringComparer.Ordinal);
    private int _marks;

    public string User => visit.User.Name;

    public string Name => visit.Name;

    public SimulatedNode Node => visit.Node;

    public SimulatedConnection Connection => visit.Connection;

    public Session? Session => visit.Session;

    /// <summary>True while it joins or leaves the channel: it does one after the other.</summary>
    public bool IsMoving { get; set; }

    /// <summary>True while it is a member of the channel.</summary>
    public bool IsJoined
    {
        get => visit.IsJoined;
        set => visit.IsJoined = value;
    }

    /// <summary>Since when it is told of something of the channel; null while it need not be.</summary>
    public DateTimeOffset? WatchesSince { get; set; }

    /// <summary>The channel's metadata; null while it does not watch them.</summary>
    public MetadataReplica? Metadata { get; set; }

    /// <summary>The channel's locks; null while it does not watch them.</summary>
    public LockReplica? Locks { get; set; }

    /// <summary>A user's metadata; null while it does not watch them.</summary>
    public MetadataReplica? UserMetadata { get; set; }

    /// <summary>Locks that it has, and by which tokens, as it was told.</summary>
    public IReadOnlyDictionary<string, Grant> Holding => _holding;

    /// <summary>Locks that it waits for.</summary>
    public IReadOnlyCollection<string> Waiting => _waiting.Keys;

    /// <summary>Tokens of grants that are over, as it was told.</summary>
    public IReadOnlyCollection<long> Ended => _ended;

    public string NextMark() => $"{Name}#{++_marks}";

    /// <summary>It begins to wait for a lock; false when it waits already.</summary>
    public bool Await(string name) => _waiting.TryAdd(name, new());

    /// <summary>It was refused what it began to wait for.</summary>
    public void GiveUp(string name)
    {
        if (_waiting.Remove(name, out var wait))
            wait.Granted.TrySetResult();
    }

    /// <summary>It may wait for a lock no longer, and has to ask.</summary>
    public void Doubt(string name) => _doubts.Add(name);

    /// <summary>The locks for which it may wait no longer, once.</summary>
    public IReadOnlyList<string> TakeDoubts()
    {
        string[] doubts = [.. _doubts.Where(_waiting.ContainsKey)];
        _doubts.Clear();
        return doubts;
    }

    /// <summary>Completes when it waits no longer.</summary>
    public Task Granted(string name) => _waiting.TryGetValue(name, out var wait) ? wait.Granted.Task : Task.CompletedTask;

    /// <summary>An acquisition was answered. Events may have come before, which are newer or older than the answer.</summary>
    public void Answer(string name, LockAnswer answer)
    {
        if (answer.FencingToken > 0)
            Hold(name, new(answer.FencingToken, answer.Revision));
        else
            // A leave that was answered meanwhile came before it, and did not end it.
            (_waiting.TryGetValue(name, out var wait) ? wait : _waiting[name] = new()).Since = answer.Revision;
        if (_told.TryGetValue(name, out var told) && told.Revision > answer.Revision)
            See(name, told.Revision, told.Detail);
    }

    /// <summary>It has given a lock back, or is answered that it does not have it.</summary>
    public void End(string name)
    {
        if (_holding.Remove(name, out var grant))
            _ended.Add(grant.Token);
    }

    /// <summary>It has left the channel, and with it all that it had and waited for.</summary>
    public void Leave()
    {
        (IsJoined, Metadata, Locks) = (false, null, null);
        foreach (var name in _holding.Keys.ToArray())
            End(name);
        foreach (var wait in _waiting.Values)
            wait.Granted.TrySetResult();
        _waiting.Clear();
    }

    /// <summary>It is told something of metadata or locks.</summary>
    public void Take(SharedDataEvent told)
    {
        switch (told)
        {
            case StorageEvent { Type: ChannelType.User } ofUser:
                UserMetadata?.Apply(ofUser);
                break;
            case StorageEvent ofChannel:
                Metadata?.Apply(ofChannel);
                break;
            case LocksEvent ofLocks:
                TakeLocks(ofLocks);
                break;
        }
    }

    public override string ToString() => Name;

    /// <summary>It is told of locks: of all, if it watches them, else of those that it has or awaits.</summary>
    private void TakeLocks(LocksEvent told)
    {
        var locks = StoredHistory.Print(told.Locks);
        world.Journal.Note(
            $"{Name} is told of locks: {told.Kind?.ToString() ?? "all"} {told.Revision} {locks} {told.EndedToken}");
        if (Locks is { } replica && (replica.HasBegun || told.Kind is null || !IsConcerned(told)))
            replica.Apply(told);
        foreach (var detail in told.Locks)
            See(detail.Name.Value, told.Revision, told.Kind == LockChangeKind.Removed ? null : detail);
        if (told.Kind is not null)
            return;
        foreach (var name in _holding.Keys.Union(_waiting.Keys).ToArray())
            if (!told.Locks.Any(detail => detail.Name.Value == name))
                See(name, told.Revision, null);
        // What it waits for may have been removed and set anew, or granted and lost.
        _doubts.UnionWith(_waiting.Keys);
    }

    /// <summary>As of a revision, this is a lock; null: there is none of the name.</summary>
    private void See(string name, long revision, LockDetail? detail)
    {
        _told[name] = (revision, detail);
        if (_holding.TryGetValue(name, out var grant) && grant.Revision < revision && detail?.FencingToken != grant.Token)
            End(name);
        if (!_waiting.TryGetValue(name, out var wait) || revision <= wait.Since)
            return;
        if (detail is null)
        {
            _waiting.Remove(name);
            wait.Granted.TrySetResult();
        }
        else if (detail.Owner?.Value == User)
        {
            Hold(name, new(detail.FencingToken, revision));
        }
    }

    private void Hold(string name, Grant grant)
    {
        _holding[name] = grant;
        if (_waiting.Remove(name, out var wait))
            wait.Granted.TrySetResult();
    }

    /// <summary>It is about a lock that it has, had or awaits: it is told of that also before it is told of all.</summary>
    private bool IsConcerned(LocksEvent told) => _ended.Contains(told.EndedToken) || told.Locks.Any(detail =>
        _holding.ContainsKey(detail.Name.Value) || _waiting.ContainsKey(detail.Name.Value));

    /// <summary>A lock that it has, as of a revision.</summary>
    internal sealed record Grant(long Token, long Revision);

    private sealed class Wait
    {
        public TaskCompletionSource Granted { get; } = new();

        /// <summary>What is told up to this revision is from before the wait; all, while the answer is awaited.</summary>
        public long Since { get; set; } = long.MaxValue;
    }
}
