using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Storage.GroupCommit;
using ImOrleans.Storage.MessageLog.Writes;

namespace ImOrleans.Storage.MessageLog;

/// <summary>What message logs on a database have in common: writes wait in one queue, reads go beside it.</summary>
public abstract class StoredMessageLog : IMessageLog, IAsyncDisposable
{
    private readonly ILogReader _reader;
    private readonly WriteQueue<LogWrite> _writes;
    private bool _isDisposed;

    private protected StoredMessageLog(ILogReader reader)
    {
        _reader = reader;
        _writes = new(StoreAsync);
    }

    /// <inheritdoc />
    public Task<ConversationHead> OpenAsync(ConversationKey key)
    {
        LogArguments.CheckKey(key, nameof(key));
        return AddAsync(new OpenWrite(key));
    }

    /// <inheritdoc />
    public Task<AppendResult> AppendAsync(ConversationAppend append)
    {
        LogArguments.Check(append);
        return AddAsync(new AppendWrite(append));
    }

    /// <inheritdoc />
    public Task<ImmutableArray<ConversationHead>> ReadHeadsAsync(IReadOnlyList<ConversationKey> keys)
    {
        LogArguments.CheckList(keys, nameof(keys));
        return _reader.ReadHeadsAsync(keys);
    }

    /// <inheritdoc />
    public Task<MessagePage> ReadAsync(ConversationKey key, MessageRange range)
    {
        LogArguments.Check(range);
        return _reader.ReadAsync(key, range);
    }

    /// <inheritdoc />
    public Task<long> FindSeqAsync(ConversationKey key, long atUnixMs) => _reader.FindSeqAsync(key, atUnixMs);

    /// <inheritdoc />
    public Task<StoredMessage?> FindAsync(ConversationKey key, UserId sender, string clientMessageId)
    {
        LogArguments.CheckName(clientMessageId, nameof(clientMessageId));
        return _reader.FindAsync(new(key, sender, clientMessageId));
    }

    /// <inheritdoc />
    public Task<bool> WriteProfileAsync(ConversationKey key, long epoch, GroupProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return AddAsync(new ProfileWrite(key, epoch, profile));
    }

    /// <inheritdoc />
    public Task<GroupProfile?> ReadProfileAsync(ConversationKey key) => _reader.ReadProfileAsync(key);

    /// <inheritdoc />
    public Task<bool> ChangeMembersAsync(MembersChange change)
    {
        LogArguments.Check(change);
        return AddAsync(new MembersWrite(change));
    }

    /// <inheritdoc />
    public Task<ImmutableArray<Member>> ReadMembersAsync(ConversationKey key, UserId? after, int countMax)
    {
        LogArguments.CheckPage(countMax);
        return _reader.ReadMembersAsync(key, after, countMax);
    }

    /// <inheritdoc />
    public Task<int> CountMembersAsync(ConversationKey key) => _reader.CountMembersAsync(key);

    /// <inheritdoc />
    public Task<ImmutableArray<ConversationEntry>> ReadEntriesAsync(UserId user, ConversationKey? after, int countMax)
    {
        LogArguments.CheckPage(countMax);
        return _reader.ReadEntriesAsync(user, after, countMax);
    }

    /// <inheritdoc />
    public Task<ConversationEntry?> ReadEntryAsync(UserId user, ConversationKey key) =>
        _reader.ReadEntryAsync(user, key);

    /// <inheritdoc />
    public Task<ImmutableArray<long>> ReadTotalsAsync(IReadOnlyList<UserId> users)
    {
        LogArguments.CheckList(users, nameof(users));
        return _reader.ReadTotalsAsync(users);
    }

    /// <inheritdoc />
    public Task WriteReadAsync(UserId user, ConversationKey key, long readSeq) =>
        AddAsync(new ReadMarkWrite(user, key, readSeq));

    /// <inheritdoc />
    public Task<ImmutableArray<DeviceRow>> ReadDevicesAsync(UserId user) => _reader.ReadDevicesAsync(user);

    /// <inheritdoc />
    public Task<DeviceRow> TouchDeviceAsync(UserId user, DeviceRow device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return AddAsync(new DeviceWrite(user, device));
    }

    /// <inheritdoc />
    public Task RemoveDeviceAsync(UserId user, DeviceId device) => AddAsync(new DeviceRemoval(user, device));

    /// <inheritdoc />
    public Task<ImmutableArray<DevicePosition>> ReadPositionsAsync(UserId user, DeviceId device) =>
        _reader.ReadPositionsAsync(user, device);

    /// <inheritdoc />
    public Task WritePositionsAsync(UserId user, DeviceId device, IReadOnlyList<DevicePosition> positions)
    {
        LogArguments.Check(positions);
        return AddAsync(new PositionsWrite(user, device, positions));
    }

    /// <inheritdoc />
    public Task<int> RemoveDevicesAsync(long unseenSinceUnixMs, int countMax)
    {
        LogArguments.CheckRange(countMax, 1, int.MaxValue, nameof(countMax));
        return RemoveOldDevicesAsync(unseenSinceUnixMs, countMax);
    }

    /// <inheritdoc />
    public Task<int> RemoveAsync(long beforeUnixMs, int countMax)
    {
        LogArguments.CheckRange(countMax, 1, int.MaxValue, nameof(countMax));
        return RemoveOldMessagesAsync(beforeUnixMs, countMax);
    }

    /// <summary>Ends after the writes that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _writes.DisposeAsync();
        await _reader.DisposeAsync();
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stores writes in one transaction.</summary>
    /// <exception cref="LogUnknownException">It failed at its commit.</exception>
    private protected abstract Task CommitAsync(IReadOnlyList<LogWrite> writes);

    /// <summary>Whether a failure before the commit is about what was written, not about the store.</summary>
    private protected abstract bool IsOfOneWrite(Exception failure);

    private protected abstract Task<int> RemoveOldDevicesAsync(long unseenSinceUnixMs, int countMax);

    private protected abstract Task<int> RemoveOldMessagesAsync(long beforeUnixMs, int countMax);

    private protected abstract ValueTask CloseAsync();

    private Task<T> AddAsync<T>(LogWrite<T> write)
    {
        _writes.Add(write);
        return write.Done;
    }

    private async Task StoreAsync(IReadOnlyList<LogWrite> writes)
    {
        try
        {
            await CommitAsync(writes);
        }
        catch (Exception failure) when (writes.Count > 1 && IsOfOneWrite(failure))
        {
            // One of them is bad, and nothing of any is stored: it must not take the others with it.
            await StoreOneByOneAsync(writes);
        }
    }

    private async Task StoreOneByOneAsync(IReadOnlyList<LogWrite> writes)
    {
        Exception? broken = null;
        foreach (var write in writes)
        {
            var failure = broken;
            try
            {
                if (failure is null)
                    await CommitAsync([write]);
            }
            catch (Exception thrown)
            {
                failure = thrown;
                // The store itself is broken now: what follows would only wait for the same answer.
                if (thrown is not LogUnknownException && !IsOfOneWrite(thrown))
                    broken = thrown;
            }

            if (failure is not null)
                write.Refuse(failure);
        }
    }
}
