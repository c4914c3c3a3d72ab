using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.SharedData;

namespace ImOrleans.Simulation.Tests;

/// <summary>
/// All that was ever stored, in order, and what is wrong about it: each version has to follow from the one before by
/// something that somebody asked for, whose conditions held just then; and what anybody is told has to be in it.
/// </summary>
internal sealed class StoredHistory(SimulatedWorld world)
{
    private static readonly StoredVersion Nothing = new(new(), 0);

    private readonly Dictionary<string, List<StoredVersion>> _versions = [];
    private readonly Dictionary<string, List<ImmutableArray<LockDetail>>> _locks = [];
    private readonly List<MetadataAttempt> _changes = [];
    private readonly List<LockAttempt> _calls = [];
    private readonly List<(string By, string Key, long BegunAt)> _reads = [];
    private readonly List<Removal> _removals = [];
    private readonly HashSet<long> _expired = [];

    /// <summary>How many changes of metadata were stored.</summary>
    public long Changes { get; private set; }

    /// <summary>How often a lock was granted.</summary>
    public long Grants { get; private set; }

    /// <summary>How often a lock ended though nobody had asked for that.</summary>
    public long Expirations { get; private set; }

    /// <summary>How many changes were answered as unknown.</summary>
    public long Unknown { get; private set; }

    public SharedDataState Latest(string key) => VersionsOf(key)[^1].State;

    /// <summary>The metadata as of a revision; null when there is none yet.</summary>
    public SharedDataState? At(string key, long majorRevision) =>
        VersionsOf(key).FirstOrDefault(version => version.State.MajorRevision == majorRevision)?.State;

    /// <summary>The locks as of each of their revisions.</summary>
    public IReadOnlyList<ImmutableArray<LockDetail>> LocksOf(string key)
    {
        if (!_locks.TryGetValue(key, out var locks))
            _locks[key] = locks = [[]];
        return locks;
    }

    public MetadataAttempt Begin(string by, string mark, string key, ChangeMetadataRequest request)
    {
        var attempt = new MetadataAttempt(by, mark, key, request, world.NextMoment());
        _changes.Add(attempt);
        return attempt;
    }

    public LockAttempt Begin(string by, LockWish wish, LockName? name, UserId user)
    {
        var attempt = new LockAttempt(by, wish, name, user, world.NextMoment(), world.Clock.GetUtcNow());
        _calls.Add(attempt);
        return attempt;
    }

    /// <summary>A change of metadata was answered.</summary>
    public void End(MetadataAttempt attempt, Outcome<MetadataChanged> outcome)
    {
        attempt.Answer = AnswerOf(outcome);
        switch (attempt.Answer)
        {
            case Answer.Accepted when attempt.Request.Kind == MetadataChangeKind.Remove:
                Claim(attempt, outcome.Value!.MajorRevision);
                break;
            case Answer.Accepted when attempt.StoredAs != outcome.Value!.MajorRevision:
                world.Journal.Violate(
                    $"{attempt} was acknowledged as revision {outcome.Value.MajorRevision}, and is stored as [{attempt.StoredAs}]");
                break;
            case Answer.Refused when attempt.StoredAs is not null:
                world.Journal.Violate($"{attempt} was stored, and then refused with {outcome.Refusal!.Code}");
                break;
        }
    }

    /// <summary>A call about locks was answered.</summary>
    /// <param name="attempt">Which.</param>
    /// <param name="key">Of the grain.</param>
    /// <param name="outcome">How.</param>
    /// <param name="isThere">True for a version that has what the answer says; it must have been stored meanwhile.</param>
    public void End<T>(LockAttempt attempt, string key, Outcome<T> outcome, Func<T, SharedDataState, bool> isThere)
    {
        attempt.Answer = AnswerOf(outcome);
        if (outcome.IsAccepted && !WasStored(key, attempt.BegunAt, state => isThere(outcome.Value, state)))
            world.Journal.Violate($"{attempt.Wish} of {attempt.Name} by {attempt.User} was accepted, and is not stored");
    }

    /// <summary>Metadata were read.</summary>
    public void Read(string by, string key, long begunAt, MetadataContent read)
    {
        if (At(key, read.MajorRevision)?.Items.SequenceEqual(read.Items) != true)
            world.Journal.Violate($"{by} has read what was never stored as {read.MajorRevision}");
        _reads.Add((by, key, begunAt));
    }

    /// <summary>Locks were read.</summary>
    public void Read(string by, string key, LockContent read)
    {
        var stored = LocksOf(key);
        if (read.Revision >= stored.Count || !stored[(int)read.Revision].SequenceEqual(read.Locks))
            world.Journal.Violate($"{by} has read locks that were never stored as {read.Revision}");
    }

    /// <summary>True when there was such a version at any moment since then.</summary>
    public bool WasStored(string key, long since, Func<SharedDataState, bool> isMeant)
    {
        var versions = VersionsOf(key);
        for (var i = versions.Count - 1; ; i--)
        {
            if (isMeant(versions[i].State))
                return true;
            if (versions[i].Moment <= since)
                return false;
        }
    }

    /// <summary>Something is stored.</summary>
    public void Add(string key, SharedDataState next)
    {
        var versions = VersionsOf(key);
        var before = versions[^1].State;
        versions.Add(new(next, world.NextMoment()));
        world.Journal.Note($"stored {key}: metadata {next.MajorRevision}, locks {next.LockRevision} [{Print(next.Locks)}]");
        CheckMetadata(key, before, next);
        CheckLocks(key, before, next);
        KeepLocks(key, before, next);
    }

    /// <summary>True when a grant has ended though nobody who has not gone on since had asked for that.</summary>
    public bool HasExpired(long token) => _expired.Contains(token);

    /// <summary>What can be said only when everything is over.</summary>
    public void Close()
    {
        foreach (var left in _removals.Where(removal => !removal.IsClaimed))
            if (!_changes.Any(attempt => left.IsBy(attempt)
                && (attempt.Answer == Answer.Unknown || attempt.StoredAs == left.After.MajorRevision)))
                world.Journal.Violate($"Revision {left.After.MajorRevision} of {left.Key} was removed by nobody");
    }

    private List<StoredVersion> VersionsOf(string key)
    {
        if (!_versions.TryGetValue(key, out var versions))
            _versions[key] = versions = [Nothing];
        return versions;
    }

    private Answer AnswerOf<T>(Outcome<T> outcome)
    {
        if (outcome.IsAccepted)
            return Answer.Accepted;
        if (outcome.Refusal.Code is not (ErrorCode.StorageOperationTimeout or ErrorCode.LockOperationTimeout))
            return Answer.Refused;
        Unknown++;
        return Answer.Unknown;
    }

    private void Claim(MetadataAttempt attempt, long revision)
    {
        // Where nothing is left, to remove all changes nothing: several may be answered with one revision.
        if (attempt.Request.Items.IsEmpty
            && WasStored(attempt.Key, attempt.BegunAt, state => state.MajorRevision == revision && state.Items.IsEmpty))
        {
            attempt.StoredAs = revision;
            return;
        }

        var removal = _removals.FirstOrDefault(one => one.Key == attempt.Key && one.After.MajorRevision == revision);
        if (removal is { IsClaimed: false } && removal.IsBy(attempt))
            removal.IsClaimed = true;
        else
            world.Journal.Violate($"{attempt} was acknowledged as revision {revision}, which is another's");
    }

    private void CheckMetadata(string key, SharedDataState before, SharedDataState next)
    {
        if (next.MajorRevision == before.MajorRevision)
        {
            if (!next.Items.SequenceEqual(before.Items))
                world.Journal.Violate($"The items of {key} changed within revision {next.MajorRevision}");
            return;
        }

        Changes++;
        if (next.MajorRevision != before.MajorRevision + 1)
            world.Journal.Violate($"The revision of {key} went from {before.MajorRevision} to {next.MajorRevision}");
        var written = next.Items.Where(item => item.Revision == next.MajorRevision).ToArray();
        if (written.Length == 0)
            CheckRemoval(new(key, before, next));
        else if (_changes.Find(attempt => attempt.Mark == written[0].Value) is { } attempt)
            CheckWrite(attempt, before, next);
        else
            world.Journal.Violate($"{written[0].Value} is stored in {key}, which nobody wrote");
    }

    private void CheckWrite(MetadataAttempt attempt, SharedDataState before, SharedDataState next)
    {
        if (attempt.StoredAs is not null)
            world.Journal.Violate($"{attempt} is stored twice, as {attempt.StoredAs} and {next.MajorRevision}");
        if (attempt.Answer == Answer.Refused)
            world.Journal.Violate($"{attempt} was refused, and is stored all the same");
        if (attempt.Answer == Answer.Accepted)
            world.Journal.Violate($"{attempt} was accepted, and is stored after that");
        if (attempt.WhyNot(before) is { } why)
            world.Journal.Violate($"{attempt} is stored, though {why}");
        if (_changes.Find(other => other.By == attempt.By && other.Key == attempt.Key && other.BegunAt > attempt.BegunAt
            && other.Answer == Answer.Accepted) is { } later)
            world.Journal.Violate($"{attempt} is stored, though {later} came after it and is done");
        if (_reads.Exists(read => read.By == attempt.By && read.Key == attempt.Key && read.BegunAt > attempt.BegunAt))
            world.Journal.Violate($"{attempt} is stored, though who asked for it has read since");
        if (!attempt.After(before).SequenceEqual(next.Items.OrderBy(item => item.Key, StringComparer.Ordinal)))
            world.Journal.Violate($"{attempt} is stored in part, or with something else");
        attempt.StoredAs = next.MajorRevision;
    }

    private void CheckRemoval(Removal removal)
    {
        _removals.Add(removal);
        if (!_changes.Any(attempt => attempt.Answer is Answer.Open or Answer.Unknown && removal.IsBy(attempt)))
            world.Journal.Violate($"Revision {removal.After.MajorRevision} of {removal.Key} removes what nobody removed");
    }

    private void CheckLocks(string key, SharedDataState before, SharedDataState next)
    {
        if (next.LastFencingToken < before.LastFencingToken)
            world.Journal.Violate($"The last token of {key} fell from {before.LastFencingToken} to {next.LastFencingToken}");
        foreach (var name in before.Locks.Concat(next.Locks).Select(detail => detail.Name).Distinct())
        {
            var (was, isNow) = (Find(before, name), Find(next, name));
            if (was is null && (isNow is not { Owner: null } || !IsAsked(LockWish.Set, name)))
                world.Journal.Violate($"{name} was set by nobody, or not free");
            if (was is not null && isNow is null && !IsAsked(LockWish.Remove, name))
                world.Journal.Violate($"{name} was removed by nobody");
            if (was?.Owner is not null && isNow is not null && isNow.FencingToken != was.FencingToken)
                CheckEnd(was);
            if (isNow?.Owner is not null && isNow.FencingToken != was?.FencingToken)
                CheckGrant(isNow, before, next);
            if (isNow?.FencingToken > 0 && isNow.FencingToken == was?.FencingToken && isNow.Owner != was.Owner)
                world.Journal.Violate($"Token {isNow.FencingToken} is of {was.Owner}, and then of {isNow.Owner}");
        }
    }

    private void CheckGrant(LockDetail granted, SharedDataState before, SharedDataState next)
    {
        Grants++;
        if (granted.FencingToken <= before.LastFencingToken || granted.FencingToken != next.LastFencingToken)
            world.Journal.Violate(
                $"{granted.Owner} gets {granted.Name} with token {granted.FencingToken} after {before.LastFencingToken}");
        // Who waits goes on doing so after the answer.
        if (!_calls.Exists(call => call.Wish == LockWish.Acquire && call.Name == granted.Name && call.User == granted.Owner
            && call.Answer != Answer.Refused))
            world.Journal.Violate($"{granted.Owner} gets {granted.Name} without having asked for it");
    }

    private void CheckEnd(LockDetail ended)
    {
        var now = world.Clock.GetUtcNow();
        if (_calls.Exists(call => call.User == ended.Owner && call.MayActAt(now) && !IsOvertaken(call)
            && (call.Wish == LockWish.Leave || (call.Wish == LockWish.Release && call.Name == ended.Name))))
            return;
        _expired.Add(ended.FencingToken);
        Expirations++;
        world.Journal.Note($"{ended.Name} of {ended.Owner} expires");
        if (world.Keeping!.WhyPresent(ended.Owner!.Value.Value, TimeSpan.FromSeconds(ended.TtlSeconds)) is { } why)
            world.Journal.Violate($"{ended.Owner} loses {ended.Name}, though {why}");
    }

    /// <summary>A later call of the same visit about the same lock is done: this one must have no effect any more.</summary>
    private bool IsOvertaken(LockAttempt attempt) => attempt.Wish == LockWish.Release && _calls.Exists(call =>
        call.By == attempt.By && call.Name == attempt.Name && call.BegunAt > attempt.BegunAt && call.Answer == Answer.Accepted);

    private bool IsAsked(LockWish wish, LockName name)
    {
        var now = world.Clock.GetUtcNow();
        return _calls.Exists(call => call.Wish == wish && call.Name == name && call.MayActAt(now));
    }

    private void KeepLocks(string key, SharedDataState before, SharedDataState next)
    {
        LocksOf(key);
        var locks = _locks[key];
        switch (next.LockRevision - before.LockRevision)
        {
            case 0 when next.Locks.SequenceEqual(before.Locks):
                break;
            case 1:
                locks.Add(next.Locks);
                break;
            case 2: // Freed, and given to the next.
                var (old, given) = before.Locks.Zip(next.Locks).Single(pair => pair.First != pair.Second);
                locks.Add(before.Locks.Replace(old, old with { Owner = null, FencingToken = 0 }));
                locks.Add(before.Locks.Replace(old, given));
                break;
            default:
                world.Journal.Violate($"The locks of {key} went from {before.LockRevision} to {next.LockRevision}");
                break;
        }
    }

    private static LockDetail? Find(SharedDataState state, LockName name) =>
        state.Locks.FirstOrDefault(detail => detail.Name == name);

    public static string Print(IEnumerable<LockDetail> locks) =>
        string.Join(' ', locks.Select(detail => $"{detail.Name}:{detail.Owner}:{detail.FencingToken}"));

    /// <summary>A version that only took items away. Nothing in it tells whose it is.</summary>
    private sealed record Removal(string Key, SharedDataState Before, SharedDataState After)
    {
        public bool IsClaimed { get; set; }

        public bool IsBy(MetadataAttempt attempt) =>
            attempt.Key == Key && attempt.Request.Kind == MetadataChangeKind.Remove && attempt.WhyNot(Before) is null
            && attempt.After(Before).SequenceEqual(After.Items.OrderBy(item => item.Key, StringComparer.Ordinal));
    }
}
