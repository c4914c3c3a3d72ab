using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.TestKit.Conversations;

namespace ImOrleans.Simulation.Tests;

/// <summary>
/// A database of conversations on a machine of its own: what was sent to it arrives, whatever has become of the sender; it is
/// slow, refuses, and gives answers up to writes that it has done, has not done, or does later.
/// </summary>
/// <remarks>Writes to one conversation keep their order, and so do those of one user, as the port says.</remarks>
internal sealed class SimulatedMessageLog(SimulatedWorld world, MessageLogWeather weather) : IMessageLog
{
    private readonly Dictionary<string, Task> _queues = [];

    /// <summary>What is stored, seen by nobody but those who check.</summary>
    public MemoryMessageLog Stored { get; } = new(world.Clock);

    /// <summary>Who was in which group, and when.</summary>
    public GroupStays Stays { get; } = new();

    /// <summary>True: it does all that it is asked.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>True: it is out of reach for everybody.</summary>
    public bool IsDown { get; set; }

    /// <summary>How often it failed.</summary>
    public long Failures { get; private set; }

    /// <summary>How many writes were given up, though they were done or were yet to be done.</summary>
    public long Unknown { get; private set; }

    /// <summary>How many writes landed after they had been given up.</summary>
    public long Landed { get; private set; }

    public Task<ConversationHead> OpenAsync(ConversationKey key) => WriteAsync(key, () => Stored.OpenAsync(key));

    public Task<AppendResult> AppendAsync(ConversationAppend append) =>
        WriteAsync(append.Key, () => Stored.AppendAsync(append));

    public Task<ImmutableArray<ConversationHead>> ReadHeadsAsync(IReadOnlyList<ConversationKey> keys) =>
        ReadAsync(() => Stored.ReadHeadsAsync(keys));

    public Task<MessagePage> ReadAsync(ConversationKey key, MessageRange range) =>
        ReadAsync(() => Stored.ReadAsync(key, range));

    public Task<long> FindSeqAsync(ConversationKey key, long atUnixMs) => ReadAsync(() => Stored.FindSeqAsync(key, atUnixMs));

    public Task<StoredMessage?> FindAsync(ConversationKey key, UserId sender, string clientMessageId) =>
        ReadAsync(() => Stored.FindAsync(key, sender, clientMessageId));

    public Task<bool> WriteProfileAsync(ConversationKey key, long epoch, GroupProfile profile) =>
        WriteAsync(key, () => Stored.WriteProfileAsync(key, epoch, profile));

    public Task<GroupProfile?> ReadProfileAsync(ConversationKey key) => ReadAsync(() => Stored.ReadProfileAsync(key));

    public Task<bool> ChangeMembersAsync(MembersChange change) => WriteAsync(change.Key, async () =>
    {
        if (!await Stored.ChangeMembersAsync(change))
            return false;
        var seq = (await Stored.ReadHeadsAsync([change.Key]))[0].Seq;
        Stays.Come(change.Key, change.Joining, seq);
        Stays.Go(change.Key, change.Leaving, seq);
        return true;
    });

    public Task<int> CountMembersAsync(ConversationKey key) => ReadAsync(() => Stored.CountMembersAsync(key));

    public Task<ImmutableArray<long>> ReadTotalsAsync(IReadOnlyList<UserId> users) =>
        ReadAsync(() => Stored.ReadTotalsAsync(users));

    public Task<ImmutableArray<Member>> ReadMembersAsync(ConversationKey key, UserId? after, int countMax) =>
        ReadAsync(() => Stored.ReadMembersAsync(key, after, countMax));

    public Task<ImmutableArray<ConversationEntry>> ReadEntriesAsync(UserId user, ConversationKey? after, int countMax) =>
        ReadAsync(() => Stored.ReadEntriesAsync(user, after, countMax));

    public Task<ConversationEntry?> ReadEntryAsync(UserId user, ConversationKey key) =>
        ReadAsync(() => Stored.ReadEntryAsync(user, key));

    public Task WriteReadAsync(UserId user, ConversationKey key, long readSeq) =>
        WriteAsync(user, () => Stored.WriteReadAsync(user, key, readSeq));

    public Task<ImmutableArray<DeviceRow>> ReadDevicesAsync(UserId user) => ReadAsync(() => Stored.ReadDevicesAsync(user));

    public Task<DeviceRow> TouchDeviceAsync(UserId user, DeviceRow device) =>
        WriteAsync(user.Value, () => Stored.TouchDeviceAsync(user, device));

    public Task RemoveDeviceAsync(UserId user, DeviceId device) =>
        WriteAsync(user, () => Stored.RemoveDeviceAsync(user, device));

    public Task<ImmutableArray<DevicePosition>> ReadPositionsAsync(UserId user, DeviceId device) =>
        ReadAsync(() => Stored.ReadPositionsAsync(user, device));

    public Task WritePositionsAsync(UserId user, DeviceId device, IReadOnlyList<DevicePosition> positions) =>
        WriteAsync(user, () => Stored.WritePositionsAsync(user, device, positions));

    public Task<int> RemoveDevicesAsync(long unseenSinceUnixMs, int countMax) =>
        WriteAsync("", () => Stored.RemoveDevicesAsync(unseenSinceUnixMs, countMax));

    public Task<int> RemoveAsync(long beforeUnixMs, int countMax) =>
        WriteAsync("", () => Stored.RemoveAsync(beforeUnixMs, countMax));

    private Task<bool> WriteAsync(UserId user, Func<Task> write) => WriteAsync(user.Value, async () =>
    {
        await write();
        return true;
    });

    private Task<T> WriteAsync<T>(ConversationKey key, Func<Task<T>> write) => WriteAsync(key.Value, write);

    private async Task<T> WriteAsync<T>(string queue, Func<Task<T>> write)
    {
        var before = _queues.GetValueOrDefault(queue) ?? Task.CompletedTask;
        var done = new TaskCompletionSource<T>();
        var passed = new TaskCompletionSource();
        _queues[queue] = passed.Task;
        await world.ApartAsync(async () =>
        {
            try
            {
                await before;
                done.SetResult(await ArriveAsync(write));
            }
            catch (Exception failure) when (failure is IOException or LogUnknownException or ArgumentException)
            {
                done.SetException(failure);
            }
            finally
            {
                passed.SetResult();
            }
        });
        return await done.Task;
    }

    private async Task<T> ArriveAsync<T>(Func<Task<T>> write)
    {
        await FailOrLingerAsync();
        if (IsQuiet || !world.IsMostly(weather.UnknownRate))
            return await write();
        Unknown++;
        switch (world.Random.Next(3))
        {
            case 0:
                await write();
                break;
            case 1:
                _ = LandAsync(write, world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
                break;
        }

        throw new LogUnknownException("The commit gave no answer.", new IOException("The line is dead."));
    }

    private async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        T result = default!;
        await world.ApartAsync(async () =>
        {
            await FailOrLingerAsync();
            result = await read();
        });
        return result;
    }

    private async Task FailOrLingerAsync()
    {
        if (!IsQuiet && world.IsMostly(weather.DelayRate))
            await Task.Delay(world.Between(TimeSpan.Zero, weather.MaxDelay), world.Clock);
        if (!IsDown && (IsQuiet || !world.IsMostly(weather.FailureRate)))
            return;
        Failures++;
        throw new IOException("The store is away.");
    }

    private async Task LandAsync<T>(Func<Task<T>> write, TimeSpan delay)
    {
        await Task.Delay(delay, world.Clock);
        try
        {
            await write();
            Landed++;
        }
        catch (ArgumentException)
        {
            // It was done by somebody else meanwhile.
        }
    }
}
