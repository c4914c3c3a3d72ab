using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.SharedData;

/// <summary>What tests of metadata and locks say in a word.</summary>
public abstract class SharedDataTest(int silos = 1) : GrainTest(silos)
{
    protected ISharedDataGrain Data(string channel = "lobby") =>
        Grains.GetGrain<ISharedDataGrain>(GrainKey.SharedData(ChannelType.Stream, channel));

    private protected Outcome<MetadataChanged> Set(string user, string key, string value, long revision = -1) =>
        Change(user, MetadataChangeKind.Set, new MetadataWrite(key, value, revision));

    private protected Outcome<MetadataChanged> Change(
        string user, MetadataChangeKind kind, params MetadataWrite[] items) =>
        Do(() => Data().ChangeMetadataAsync(new(new(user), kind, [.. items])));

    private protected MetadataContent Metadata() => Accepted(Do(() => Data().GetMetadataAsync()));

    private protected string Values() => string.Join(",", Metadata().Items.Select(item => $"{item.Key}={item.Value}"));

    private protected Outcome<SharedDataWatched> Watch(
        FakeGateway gateway, string user, long session, bool metadata = true, bool locks = true) =>
        Do(() => Data().WatchAsync(new(gateway.Route(), gateway.Session(session), new(user), metadata, locks)));

    private protected Outcome<Done> LeaveData(FakeGateway gateway, long session, bool isOrderly = false) =>
        Do(() => Data().LeaveAsync(new(gateway.Route(), gateway.Session(session), isOrderly)));

    private protected Outcome<LockContent> SetLock(string name = "door", long ttl = 10) =>
        Do(() => Data().SetLockAsync(new(new(name), ttl)));

    private protected Outcome<LockAnswer> Acquire(
        FakeGateway gateway, string user, long session, bool retry = false, string name = "door", long ticket = 0) =>
        Do(() => Data().AcquireLockAsync(
            new(gateway.Route(), gateway.Session(session), new(user), new(name), retry) { Ticket = ticket }));

    private protected Outcome<LockAnswer> Forgo(FakeGateway gateway, long session, string name = "door") =>
        Do(() => Data().ForgoLockAsync(new(gateway.Route(), gateway.Session(session), new(name))));

    private protected Outcome<Done> Release(string user, string name = "door") =>
        Do(() => Data().ReleaseLockAsync(new(name), new(user)));

    private protected LockDetail Lock(string name = "door") =>
        Accepted(Do(() => Data().GetLocksAsync())).Locks.Single(detail => detail.Name.Value == name);

    private protected static IReadOnlyList<string> LockEvents(FakeGateway gateway) =>
        [.. gateway.Received<LockEvent>().Select(item => $"{item.Change.Kind} {item.Change.Lock.Owner}".TrimEnd())];

    private protected static IReadOnlyList<string> MetadataEvents(FakeGateway gateway) =>
    [
        .. gateway.Received<MetadataEvent>().Select(item =>
            $"{item.Kind} {item.MajorRevision} {string.Join(",", item.Items.Select(one => $"{one.Key}={one.Value}"))}"),
    ];
}
