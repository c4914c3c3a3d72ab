using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.SharedData;

namespace ImOrleans.Simulation.Tests;

/// <summary>A person who writes metadata and contends for locks, and comes back when thrown out.</summary>
internal sealed class Keeper(SimulatedWorld world, SimulatedUser user)
{
    private static readonly ChannelName Channel = new(SimulatedWorld.Channel);
    private static readonly string[] ItemKeys = ["a", "b", "c", "d"];

    public string Name => user.Name;

    /// <summary>The login that lasts; null when there is none.</summary>
    public KeeperVisit? Now => user.Now?.Keeping(world);

    private StoredHistory History => world.Keeping!.History;

    public override string ToString() => Name;

    /// <summary>Does this and that until the storm is over.</summary>
    public async Task LiveAsync()
    {
        var begun = new List<Task>();
        while (world.IsStormy)
        {
            await Task.Delay(world.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(600)), world.Clock);
            if (Now is not { Connection.IsOpen: true } visit)
            {
                await user.ConnectAsync(isAnew: true);
                continue;
            }

            begun.Add(AskAgainAsync(visit));
            // Mostly one after the other; sometimes several at once, which the gateway puts in order.
            for (var left = world.IsMostly(0.9) ? 1 : 5; left > 0; left--)
                begun.Add(ActAsync(visit));
            if (world.IsMostly(0.7))
                await begun[^1];
        }

        foreach (var action in begun)
            await action;
    }

    /// <summary>Sees to it that the keeper is there and watches, now that everything works.</summary>
    public async Task StandAsync()
    {
        if (Now?.Connection.IsOpen != true)
            await user.InsistAsync("come back", async () =>
            {
                await user.ConnectAsync(isAnew: true);
                return Now is not null;
            });
        if (Now is not { } visit)
            return;
        if (visit.IsJoined && visit is { Metadata: null } or { Locks: null })
            await LeaveAsync(visit);
        if (!visit.IsJoined)
            await user.InsistAsync("join", () => JoinAsync(visit, withMetadata: true, withLocks: true));
        if (visit.UserMetadata is null)
            await user.InsistAsync("subscribe", () => WatchUserAsync(visit));
        await AskAgainAsync(visit);
    }

    public Task<bool> SetAsync(KeeperVisit visit, bool ofChannel) =>
        ChangeAsync(visit, ofChannel, MetadataChangeKind.Set, -1, -1, null, 0);

    /// <summary>Writes under a lock and a token; true when that was accepted.</summary>
    public Task<bool> SetGuardedAsync(KeeperVisit visit, string lockName, long token) =>
        ChangeAsync(visit, true, MetadataChangeKind.Set, -1, -1, new(lockName), token);

    public async Task<Outcome<LockAnswer>> AcquireAsync(KeeperVisit visit, string lockName, bool retry)
    {
        var attempt = History.Begin(visit.Name, LockWish.Acquire, new(lockName), new(Name));
        var isFirst = retry && visit.Await(lockName);
        var outcome = await user.InTimeAsync(
            $"{visit} acquires {lockName} (retry {retry})",
            () => visit.Node.Locks.AcquireAsync(visit.Session!, ChannelType.Stream, Channel, new(lockName), retry));
        History.End(attempt, Keeping.ChannelKey, outcome, (answer, state) => answer.FencingToken == 0
            || IsOwned(state, lockName, answer.FencingToken));
        if (!outcome.IsAccepted)
        {
            if (isFirst || outcome.Refusal.Code == ErrorCode.LockNotExist)
                visit.GiveUp(lockName);
            else if (outcome.Refusal.Code != ErrorCode.LockOperationPerforming)
                visit.Doubt(lockName);
            return outcome;
        }

        var token = outcome.Value.FencingToken;
        world.Journal.Note($"{visit} {(token > 0 ? "has" : "awaits")} {lockName} {token}");
        visit.Answer(lockName, outcome.Value);
        return outcome;
    }

    /// <summary>Asks for what it may wait for no longer: a refusal says that it does.</summary>
    public async Task AskAgainAsync(KeeperVisit visit)
    {
        foreach (var lockName in visit.TakeDoubts())
            await AcquireAsync(visit, lockName, retry: true);
    }

    /// <summary>Gives a lock back, or takes it from somebody.</summary>
    public async Task<bool> ReleaseAsync(KeeperVisit visit, string lockName, string owner)
    {
        var attempt = History.Begin(visit.Name, LockWish.Release, new(lockName), new(owner));
        var outcome = await user.InTimeAsync(
            $"{visit} releases {lockName} of {owner}",
            () => visit.Node.Locks.ReleaseAsync(visit.Session!, ChannelType.Stream, Channel, new(lockName), new(owner)));
        History.End(attempt, Keeping.ChannelKey, outcome, (_, state) => Find(state, lockName)?.Owner?.Value != owner);
        if (outcome.IsAccepted && owner == Name)
            visit.End(lockName);
        return outcome.IsAccepted;
    }

    public async Task<bool> SetLockAsync(KeeperVisit visit, string lockName)
    {
        var attempt = History.Begin(visit.Name, LockWish.Set, new(lockName), new(Name));
        var outcome = await user.InTimeAsync(
            $"{visit} sets {lockName}",
            () => visit.Node.Locks.SetAsync(
                visit.Session!, ChannelType.Stream, Channel, new(lockName), world.Random.Next(10, 13)));
        History.End(attempt, Keeping.ChannelKey, outcome, (_, state) => Find(state, lockName) is not null);
        return outcome.IsAccepted || outcome.Refusal.Code == ErrorCode.LockAlreadyExist;
    }

    private Task ActAsync(KeeperVisit visit)
    {
        var lockName = Any(Keeping.Locks);
        return world.Random.Next(16) switch
        {
            0 or 1 or 2 or 3 => ChangeSomethingAsync(visit),
            4 or 5 => GuardAsync(visit, lockName),
            6 => ReadAsync(visit),
            7 => SetLockAsync(visit, lockName),
            8 or 9 or 10 => AcquireAsync(visit, lockName, world.IsMostly(0.5)),
            11 or 12 when visit.Holding.Count > 0 => ReleaseAsync(visit, Any([.. visit.Holding.Keys]), Name),
            13 => ReleaseAsync(visit, lockName, Any(world.Keeping!.Keepers).Name),
            14 when !world.IsMostly(0.8) => RemoveLockAsync(visit, lockName),
            15 when !visit.IsMoving => ComeOrGoAsync(visit),
            _ => SetLockAsync(visit, lockName),
        };
    }

    private Task ComeOrGoAsync(KeeperVisit visit)
    {
        if (visit.UserMetadata is null && world.IsMostly(0.3))
            return WatchUserAsync(visit);
        if (!visit.IsJoined)
            return JoinAsync(visit, world.IsMostly(0.7), world.IsMostly(0.7));
        if (world.IsMostly(0.4))
            return LeaveAsync(visit);
        if (world.IsMostly(0.3))
            return LogoutAsync(visit);
        if (world.IsMostly(0.5))
            visit.Connection.Close(DisconnectCode.None);
        return Task.CompletedTask;
    }

    private Task<bool> ChangeSomethingAsync(KeeperVisit visit)
    {
        var ofChannel = world.IsMostly(0.6);
        var known = History.Latest(ofChannel ? Keeping.ChannelKey : Keeping.UserKey);
        var kind = (MetadataChangeKind)world.Random.Next((int)MetadataChangeKind.Set, (int)MetadataChangeKind.Remove + 1);
        // What the keeper has read may be outdated by the time of the write, and sometimes is already.
        var age = world.IsMostly(0.8) ? 0 : 1;
        return ChangeAsync(
            visit, ofChannel, kind,
            world.IsMostly(0.3) && known.MajorRevision > age ? known.MajorRevision - age : -1,
            world.IsMostly(0.2) ? age : -1, null, 0);
    }

    private Task<bool> GuardAsync(KeeperVisit visit, string lockName)
    {
        var token = visit.Holding.GetValueOrDefault(lockName)?.Token ?? 0;
        if (token > 0 && world.IsMostly(0.3))
            token = 0;
        else if (token == 0 && visit.Ended.Count > 0)
            token = visit.Ended.Max();
        return ChangeAsync(visit, true, MetadataChangeKind.Set, -1, -1, new(lockName), token);
    }

    private async Task<bool> ChangeAsync(
        KeeperVisit visit, bool ofChannel, MetadataChangeKind kind, long majorRevision, long itemAge, LockName? guard, long token)
    {
        var key = ofChannel ? Keeping.ChannelKey : Keeping.UserKey;
        var mark = visit.NextMark();
        var known = History.Latest(key).Items;
        ImmutableArray<MetadataWrite> writes =
        [
            .. ItemKeys.Where(_ => world.IsMostly(0.4)).DefaultIfEmpty(Any(ItemKeys)).Select(item => new MetadataWrite(
                item, kind == MetadataChangeKind.Remove ? "" : mark,
                RevisionOf(known, item) is { } revision && itemAge >= 0 && revision > itemAge ? revision - itemAge : -1)),
        ];
        if (kind == MetadataChangeKind.Remove && world.IsMostly(0.3))
            writes = [];
        var request = new ChangeMetadataRequest(
            new(Name), kind, writes, majorRevision, guard, RecordAuthor: world.IsMostly(0.5), FencingToken: token);
        var attempt = History.Begin(visit.Name, mark, key, request);
        var outcome = await user.InTimeAsync(
            $"{attempt} in {(ofChannel ? "the channel" : Keeping.Celebrity)} (at {majorRevision}, {guard} {token})",
            () => visit.Node.Metadata.ChangeAsync(
                visit.Session!, ofChannel ? ChannelType.Stream : ChannelType.User,
                ofChannel ? SimulatedWorld.Channel : Keeping.Celebrity, request));
        History.End(attempt, outcome);
        return outcome.IsAccepted;
    }

    /// <summary>What is read was stored, and nothing that was asked for before is stored after it.</summary>
    private async Task ReadAsync(KeeperVisit visit)
    {
        var begunAt = world.NextMoment();
        var metadata = await user.InTimeAsync(
            $"{visit} reads metadata",
            () => visit.Node.Metadata.GetAsync(visit.Session!, ChannelType.Stream, SimulatedWorld.Channel));
        if (metadata.IsAccepted)
            History.Read(visit.Name, Keeping.ChannelKey, begunAt, metadata.Value);
        var locks = await user.InTimeAsync(
            $"{visit} reads locks", () => visit.Node.Locks.GetAsync(visit.Session!, ChannelType.Stream, Channel));
        if (locks.IsAccepted)
            History.Read(visit.Name, Keeping.ChannelKey, locks.Value);
    }

    private async Task RemoveLockAsync(KeeperVisit visit, string lockName)
    {
        var attempt = History.Begin(visit.Name, LockWish.Remove, new(lockName), new(Name));
        var outcome = await user.InTimeAsync(
            $"{visit} removes {lockName}",
            () => visit.Node.Locks.RemoveAsync(visit.Session!, ChannelType.Stream, Channel, new(lockName)));
        History.End(attempt, Keeping.ChannelKey, outcome, (_, state) => Find(state, lockName) is null);
    }

    private async Task<bool> JoinAsync(KeeperVisit visit, bool withMetadata, bool withLocks)
    {
        visit.IsMoving = true;
        // The snapshots come before the answer.
        visit.Metadata = withMetadata ? new(world, visit.Name, Keeping.ChannelKey) : null;
        visit.Locks = withLocks ? new(world, visit.Name, Keeping.ChannelKey) : null;
        var outcome = await user.InTimeAsync(
            $"{visit} joins (metadata {withMetadata}, locks {withLocks})",
            () => visit.Node.Channels.JoinAsync(visit.Session!, Channel, null, withMetadata, withLocks));
        visit.IsMoving = false;
        visit.IsJoined = outcome.IsAccepted;
        if (!visit.IsJoined)
            (visit.Metadata, visit.Locks) = (null, null);
        else if (withMetadata || withLocks)
            visit.WatchesSince = world.Clock.GetUtcNow();
        return visit.IsJoined;
    }

    private async Task<bool> LeaveAsync(KeeperVisit visit)
    {
        visit.IsMoving = true;
        visit.WatchesSince = null;
        var attempt = History.Begin(visit.Name, LockWish.Leave, null, new(Name));
        var outcome = await user.InTimeAsync($"{visit} leaves", () => visit.Node.Channels.LeaveAsync(visit.Session!, Channel));
        attempt.Answer = Answer.Unknown;
        if (outcome.IsAccepted)
            visit.Leave();
        // What was told before is not to be taken for what another join brings.
        await visit.Session!.Outbox.FlushedAsync();
        visit.IsMoving = false;
        return outcome.IsAccepted;
    }

    private async Task LogoutAsync(KeeperVisit visit)
    {
        visit.WatchesSince = null;
        var attempt = History.Begin(visit.Name, LockWish.Leave, null, new(Name));
        world.Journal.Note($"{visit} logs out");
        await visit.Node.Lifecycle.LogoutAsync(visit.Session!);
        attempt.Answer = Answer.Unknown;
        visit.Connection.Close(DisconnectCode.LoggedOut);
    }

    private async Task<bool> WatchUserAsync(KeeperVisit visit)
    {
        var replica = visit.UserMetadata = new(world, visit.Name, Keeping.UserKey);
        var outcome = await user.InTimeAsync(
            $"{visit} subscribes to {Keeping.Celebrity}",
            () => visit.Node.Metadata.SubscribeUserAsync(visit.Session!, new(Keeping.Celebrity)));
        if (!outcome.IsAccepted && visit.UserMetadata == replica)
            visit.UserMetadata = null;
        return outcome.IsAccepted;
    }

    private bool IsOwned(SharedDataState state, string lockName, long token) =>
        Find(state, lockName) is { } detail && detail.Owner?.Value == Name && detail.FencingToken == token;

    private T Any<T>(IReadOnlyList<T> of) => of[world.Random.Next(of.Count)];

    private static LockDetail? Find(SharedDataState state, string lockName) =>
        state.Locks.FirstOrDefault(detail => detail.Name.Value == lockName);

    private static long? RevisionOf(ImmutableArray<MetadataItem> items, string key) =>
        items.FirstOrDefault(item => item.Key == key)?.Revision;
}
