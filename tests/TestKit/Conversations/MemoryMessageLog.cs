using System.Collections.Immutable;
using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.TestKit.Conversations;

/// <summary>
/// An <see cref="IMessageLog"/> in memory, that is plain enough to be believed and passes the suite of the real stores;
/// its writes can be held and made to fail in every way that a store's can.
/// </summary>
public sealed class MemoryMessageLog(TimeProvider clock) : IMessageLog
{
    private readonly Lock _lock = new();
    private readonly LogWrites _appends = new();
    private readonly LogWrites _others = new();
    private readonly Dictionary<string, MemoryConversation> _conversations = [];
    private readonly Dictionary<(UserId User, DeviceId Device), DeviceRow> _devices = [];
    private readonly Dictionary<(UserId User, DeviceId Device, ConversationKey Key), long> _positions = [];
    private long _lastUnixMs;

    /// <summary>Where times come from.</summary>
    public TimeProvider Clock { get; set; } = clock;

    /// <summary>While true, every read fails.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>How many appends have been stored.</summary>
    public int AppendCount { get; private set; }

    /// <summary>What becomes of the next appends, one after the other.</summary>
    public void FailAppends(params LogFault[] faults) => Locked(() => _appends.FailNext(faults));

    /// <summary>What becomes of the next writes that are no appends, one after the other.</summary>
    public void FailOthers(params LogFault[] faults) => Locked(() => _others.FailNext(faults));

    /// <summary>Makes appends wait.</summary>
    public void HoldAppends() => Locked(() => _appends.IsHeld = true);

    /// <summary>Ends when so many appends wait.</summary>
    public Task WhenHeldAsync(int count) => Locked(() => _appends.WhenHeld(count));

    /// <summary>Lets the oldest appends that wait go, and holds the others on.</summary>
    public void ReleaseAppends(int count) => Locked(() => _appends.Release(count));

    /// <summary>Lets all appends go, those that wait and those to come.</summary>
    public void ReleaseAppends() => Locked(() =>
    {
        _appends.IsHeld = false;
        _appends.Release(_appends.HeldCount);
    });

    /// <summary>Does what was left <see cref="LogFault.Late"/>; how much that was.</summary>
    public int ApplyLate() => Locked(() => _appends.ApplyLate() + _others.ApplyLate());

    /// <inheritdoc />
    public Task<ConversationHead> OpenAsync(ConversationKey key)
    {
        LogArguments.CheckKey(key, nameof(key));
        return WriteAsync(() =>
        {
            if (!_conversations.TryGetValue(key.Value, out var conversation))
                _conversations.Add(key.Value, conversation = new(key));
            return conversation.Open();
        });
    }

    /// <inheritdoc />
    public Task<AppendResult> AppendAsync(ConversationAppend append)
    {
        LogArguments.Check(append);
        return Locked(() => _appends.Add(() =>
        {
            if (Find(append.Key) is not { } conversation || !conversation.Takes(append))
                return AppendResult.Fenced;
            _lastUnixMs = Math.Max(_lastUnixMs, Clock.GetUtcNow().ToUnixTimeMilliseconds());
            conversation.Append(append, _lastUnixMs);
            AppendCount++;
            return new(true, _lastUnixMs);
        }));
    }

    /// <inheritdoc />
    public Task<ImmutableArray<ConversationHead>> ReadHeadsAsync(IReadOnlyList<ConversationKey> keys)
    {
        LogArguments.CheckList(keys, nameof(keys));
        return ReadAsync<ImmutableArray<ConversationHead>>(
            () => [.. keys.Select(key => Find(key)?.Head ?? ConversationHead.None)]);
    }

    /// <inheritdoc />
    public Task<MessagePage> ReadAsync(ConversationKey key, MessageRange range)
    {
        LogArguments.Check(range);
        return ReadAsync(() => Find(key)?.Read(range) ?? new([], false));
    }

    /// <inheritdoc />
    public Task<long> FindSeqAsync(ConversationKey key, long atUnixMs) => ReadAsync(
        () => Find(key)?.Messages.LastOrDefault(one => one.SentAtUnixMs <= atUnixMs)?.Seq ?? 0);

    /// <inheritdoc />
    public Task<StoredMessage?> FindAsync(ConversationKey key, UserId sender, string clientMessageId)
    {
        LogArguments.CheckName(clientMessageId, nameof(clientMessageId));
        return ReadAsync(() => Find(key)?.Find(sender, clientMessageId));
    }

    /// <inheritdoc />
    public Task<bool> WriteProfileAsync(ConversationKey key, long epoch, GroupProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return WriteAsync(() =>
        {
            if (Find(key) is not { } conversation || conversation.Head.Epoch != epoch)
                return false;
            conversation.Profile = profile;
            return true;
        });
    }

    /// <inheritdoc />
    public Task<GroupProfile?> ReadProfileAsync(ConversationKey key) => ReadAsync(() => Find(key)?.Profile);

    /// <inheritdoc />
    public Task<bool> ChangeMembersAsync(MembersChange change)
    {
        LogArguments.Check(change);
        return WriteAsync(() =>
        {
            if (Find(change.Key) is not { } conversation || conversation.Head.Epoch != change.Epoch)
                return false;
            conversation.ChangeMembers(change);
            return true;
        });
    }

    /// <inheritdoc />
    public Task<ImmutableArray<Member>> ReadMembersAsync(ConversationKey key, UserId? after, int countMax)
    {
        LogArguments.CheckPage(countMax);
        return ReadAsync<ImmutableArray<Member>>(() =>
        [
            .. (Find(key)?.Members ?? [])
                .Where(one => after is null || string.CompareOrdinal(one.User.Value, after.Value.Value) > 0)
                .Take(countMax),
        ]);
    }

    /// <inheritdoc />
    public Task<int> CountMembersAsync(ConversationKey key) => ReadAsync(() => Find(key)?.Members.Count() ?? 0);

    /// <inheritdoc />
    public Task<ImmutableArray<ConversationEntry>> ReadEntriesAsync(UserId user, ConversationKey? after, int countMax)
    {
        LogArguments.CheckPage(countMax);
        return ReadAsync<ImmutableArray<ConversationEntry>>(() =>
        [
            .. _conversations
                .Where(one => after is null || CompareKeys(one.Key, after.Value.Value) > 0)
                .Order(Comparer<KeyValuePair<string, MemoryConversation>>.Create((a, b) => CompareKeys(a.Key, b.Key)))
                .Select(one => one.Value.EntryOf(user)).OfType<ConversationEntry>().Take(countMax),
        ]);
    }

    /// <inheritdoc />
    public Task<ConversationEntry?> ReadEntryAsync(UserId user, ConversationKey key) =>
        ReadAsync(() => Find(key)?.EntryOf(user));

    /// <inheritdoc />
    public Task<ImmutableArray<long>> ReadTotalsAsync(IReadOnlyList<UserId> users)
    {
        LogArguments.CheckList(users, nameof(users));
        return ReadAsync<ImmutableArray<long>>(() =>
        [
            .. users.Select(user => _conversations.Values
                .Select(one => one.EntryOf(user)).OfType<ConversationEntry>().Sum(entry => entry.EndSeq)),
        ]);
    }

    /// <inheritdoc />
    public Task WriteReadAsync(UserId user, ConversationKey key, long readSeq) =>
        WriteAsync(() => Find(key)?.WriteRead(user, readSeq));

    /// <inheritdoc />
    public Task<ImmutableArray<DeviceRow>> ReadDevicesAsync(UserId user) => ReadAsync<ImmutableArray<DeviceRow>>(
        () => [.. _devices.Where(one => one.Key.User == user).Select(one => one.Value)]);

    /// <inheritdoc />
    public Task<DeviceRow> TouchDeviceAsync(UserId user, DeviceRow device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return WriteAsync(() => _devices[(user, device.Device)] =
            _devices.TryGetValue((user, device.Device), out var known)
                ? known with { SeenAtUnixMs = Math.Max(known.SeenAtUnixMs, device.SeenAtUnixMs) }
                : device);
    }

    /// <inheritdoc />
    public Task RemoveDeviceAsync(UserId user, DeviceId device) => WriteAsync(() => Forget(user, device));

    /// <inheritdoc />
    public Task<ImmutableArray<DevicePosition>> ReadPositionsAsync(UserId user, DeviceId device) =>
        ReadAsync<ImmutableArray<DevicePosition>>(() =>
        [
            .. _positions.Where(one => (one.Key.User, one.Key.Device) == (user, device))
                .Select(one => new DevicePosition(one.Key.Key, one.Value)),
        ]);

    /// <inheritdoc />
    public Task WritePositionsAsync(UserId user, DeviceId device, IReadOnlyList<DevicePosition> positions)
    {
        LogArguments.Check(positions);
        return WriteAsync(() =>
        {
            foreach (var (key, deliveredSeq) in positions)
                if (_devices.ContainsKey((user, device)) && Find(key) is { } conversation && deliveredSeq <= conversation.Head.Seq)
                    _positions[(user, device, key)] =
                        Math.Max(_positions.GetValueOrDefault((user, device, key)), deliveredSeq);
            return true;
        });
    }

    /// <inheritdoc />
    public Task<int> RemoveDevicesAsync(long unseenSinceUnixMs, int countMax)
    {
        LogArguments.CheckRange(countMax, 1, int.MaxValue, nameof(countMax));
        return WriteAsync(() => _devices
            .Where(one => one.Value.SeenAtUnixMs < unseenSinceUnixMs).Take(countMax).ToList()
            .Count(one => Forget(one.Key.User, one.Key.Device)));
    }

    /// <inheritdoc />
    public Task<int> RemoveAsync(long beforeUnixMs, int countMax)
    {
        LogArguments.CheckRange(countMax, 1, int.MaxValue, nameof(countMax));
        return WriteAsync(() =>
        {
            var removed = 0;
            for (; removed < countMax; removed++)
            {
                var oldest = _conversations.Values.Where(one => one.Messages.Count > 0)
                    .MinBy(one => one.Messages[0].SentAtUnixMs);
                if (oldest is null || oldest.Messages[0].SentAtUnixMs >= beforeUnixMs)
                    break;
                oldest.RemoveFirst();
            }

            return removed;
        });
    }

    /// <summary>By their bytes of UTF-8, as databases do; .NET's order of text is another beyond the 16 bits.</summary>
    private static int CompareKeys(string one, string other) =>
        Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other));

    private MemoryConversation? Find(ConversationKey key) => _conversations.GetValueOrDefault(key.Value);

    private bool Forget(UserId user, DeviceId device)
    {
        foreach (var position in _positions.Keys.Where(one => (one.User, one.Device) == (user, device)).ToList())
            _positions.Remove(position);
        return _devices.Remove((user, device));
    }

    private Task<bool> WriteAsync(Action apply) => WriteAsync(() =>
    {
        apply();
        return true;
    });

    private Task<T> WriteAsync<T>(Func<T> apply) => Locked(() => _others.Add(apply));

    private Task<T> ReadAsync<T>(Func<T> read) => Locked(() =>
        IsUnreadable ? Task.FromException<T>(new IOException("The store is away.")) : Task.FromResult(read()));

    private void Locked(Action work)
    {
        lock (_lock)
            work();
    }

    private T Locked<T>(Func<T> work)
    {
        lock (_lock)
            return work();
    }
}
