using System.Collections.Concurrent;
using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.MessageLog;

/// <summary>Reads from a SQLite file beside its writer.</summary>
internal sealed class SqliteLogReader(string path) : ILogReader
{
    /// <summary>Reads at a time; more wait for their turn.</summary>
    private const int ReadersMax = 8;

    private readonly ConcurrentBag<SqliteLogQueries> _idle = [];
    private readonly SemaphoreSlim _reading = new(ReadersMax);

    public Task<ImmutableArray<ConversationHead>> ReadHeadsAsync(IReadOnlyList<ConversationKey> keys) =>
        DoAsync(queries => queries.ReadHeads(keys));

    public Task<MessagePage> ReadAsync(ConversationKey key, MessageRange range) =>
        DoAsync(queries => queries.Messages.Read(key, range));

    public Task<long> FindSeqAsync(ConversationKey key, long atUnixMs) =>
        DoAsync(queries => queries.Messages.FindSeq(key, atUnixMs));

    public Task<StoredMessage?> FindAsync(ClientName name) => DoAsync(queries => queries.Messages.Find(name));

    public Task<GroupProfile?> ReadProfileAsync(ConversationKey key) => DoAsync(queries => queries.ReadProfile(key));

    public Task<ImmutableArray<Member>> ReadMembersAsync(ConversationKey key, UserId? after, int countMax) =>
        DoAsync(queries => queries.ReadMembers(key, after, countMax));

    public Task<int> CountMembersAsync(ConversationKey key) => DoAsync(queries => queries.CountMembers(key));

    public Task<ImmutableArray<ConversationEntry>> ReadEntriesAsync(UserId user, ConversationKey? after, int countMax) =>
        DoAsync(queries => queries.ReadEntries(user, after, countMax));

    public Task<ConversationEntry?> ReadEntryAsync(UserId user, ConversationKey key) =>
        DoAsync(queries => queries.ReadEntry(user, key));

    public Task<ImmutableArray<long>> ReadTotalsAsync(IReadOnlyList<UserId> users) =>
        DoAsync(queries => queries.ReadTotals(users));

    public Task<ImmutableArray<DeviceRow>> ReadDevicesAsync(UserId user) => DoAsync(queries => queries.ReadDevices(user));

    public Task<ImmutableArray<DevicePosition>> ReadPositionsAsync(UserId user, DeviceId device) =>
        DoAsync(queries => queries.ReadPositions(user, device));

    public ValueTask DisposeAsync()
    {
        while (_idle.TryTake(out var queries))
            queries.Dispose();
        _reading.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<T> DoAsync<T>(Func<SqliteLogQueries, T> read)
    {
        await _reading.WaitAsync();
        try
        {
            return await Task.Run(() => Do(read));
        }
        finally
        {
            _reading.Release();
        }
    }

    private T Do<T>(Func<SqliteLogQueries, T> read)
    {
        SqliteLogQueries? queries = null;
        try
        {
            if (!_idle.TryTake(out queries))
                queries = new(SqliteFile.Open(path));
            var result = queries.Do(read);
            _idle.Add(queries);
            return result;
        }
        catch (Exception failure)
        {
            // It may be in the middle of something.
            queries?.Dispose();
            throw failure is SqliteException of ? SqliteErrors.Explain(of, path) : failure;
        }
    }
}
