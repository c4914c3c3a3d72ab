using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Storage.Postgres;
using Npgsql;

namespace ImOrleans.Storage.MessageLog;

/// <summary>Reads from PostgreSQL.</summary>
internal sealed class PostgresLogReader(NpgsqlDataSource source) : ILogReader
{
    /// <summary>Reads at a time; more wait for their turn, so that they leave connections to others.</summary>
    private const int ReadersMax = 8;

    private const string HeadColumns = "c.epoch, c.seq, c.counted_total, c.last_at, c.last_visible_seq";

    private const string MessageColumns =
        "seq, sent_at, uid, sender, object_name, content, flags, client_message_id, receivers, extras";

    private const string EntryQuery =
        $"SELECT e.key, e.joined_seq, e.left_seq, e.read_seq, e.absences, {HeadColumns}"
        + " FROM imorleans_log_entry e JOIN imorleans_log_conversation c ON c.key = e.key WHERE e.user_id = $1";

    private readonly SemaphoreSlim _reading = new(ReadersMax);

    public Task<ImmutableArray<ConversationHead>> ReadHeadsAsync(IReadOnlyList<ConversationKey> keys) => QueryAsync(
        $"""
        SELECT {HeadColumns} FROM unnest($1) WITH ORDINALITY AS k (key, number)
        LEFT JOIN imorleans_log_conversation c ON c.key = k.key ORDER BY k.number
        """,
        row => row.IsDBNull(0) ? ConversationHead.None : Head(row, 0),
        [keys.Select(key => key.Value).ToArray()]);

    /// <inheritdoc />
    /// <remarks>
    /// What cannot be in the page is not sent: rows behind those that fill it, but for one that says there are more.
    /// </remarks>
    public async Task<MessagePage> ReadAsync(ConversationKey key, MessageRange range)
    {
        var order = range.IsNewestFirst ? "DESC" : "ASC";
        var rows = await QueryAsync(
            $"""
            SELECT {MessageColumns} FROM (
                SELECT *, coalesce(sum(octet_length(content) + coalesce(octet_length(extras), 0))
                    OVER (ORDER BY seq {order} ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING), 0) AS bytes
                FROM (
                    SELECT * FROM imorleans_log_message
                    WHERE conversation_id = (SELECT id FROM imorleans_log_conversation WHERE key = $1)
                        AND seq > $2 AND seq < $3
                    ORDER BY seq {order} LIMIT $4) AS stretch) AS measured
            WHERE bytes <= {ConversationLimits.PageBytesMax} ORDER BY seq {order}
            """,
            Message, key.Value, range.AfterSeq, range.BeforeSeq, range.Count + 1);
        var page = new MessagePageBuilder(range.Count);
        foreach (var message in rows)
            if (!page.TryAdd(message))
                break;
        return page.Build();
    }

    /// <summary>Times rise with numbers, so halves are looked at; numbers that were removed are jumped over.</summary>
    public async Task<long> FindSeqAsync(ConversationKey key, long atUnixMs) => (await QueryAsync(
        """
        WITH RECURSIVE search (id, low, high) AS (
            SELECT id, 0::bigint, seq FROM imorleans_log_conversation WHERE key = $1
            UNION ALL
            SELECT s.id,
                CASE WHEN m.sent_at <= $2 THEN m.seq ELSE s.low END,
                CASE WHEN m.sent_at <= $2 THEN s.high ELSE (s.low + s.high + 1) / 2 - 1 END
            FROM search s LEFT JOIN LATERAL (
                SELECT seq, sent_at FROM imorleans_log_message
                WHERE conversation_id = s.id AND seq >= (s.low + s.high + 1) / 2 ORDER BY seq LIMIT 1) AS m ON true
            WHERE s.low < s.high)
        SELECT low FROM search WHERE low >= high
        """,
        row => row.GetInt64(0), key.Value, atUnixMs)).FirstOrDefault();

    public async Task<StoredMessage?> FindAsync(ClientName name) => (await QueryAsync(
        $"""
        SELECT {MessageColumns} FROM imorleans_log_message
        WHERE conversation_id = (SELECT id FROM imorleans_log_conversation WHERE key = $1)
            AND name_hash = $2 AND sender = $3 AND client_message_id = $4
        """,
        Message, name.Key.Value, name.Hash, name.Sender.Value, MessageText.Encode(name.Name))).FirstOrDefault();

    public async Task<GroupProfile?> ReadProfileAsync(ConversationKey key) => (await QueryAsync(
        "SELECT name, creator, is_open, is_dismissed FROM imorleans_log_profile WHERE key = $1",
        row => new GroupProfile(
            MessageText.Decode(row.GetFieldValue<byte[]>(0)), row.IsDBNull(1) ? null : new(row.GetString(1)),
            row.GetBoolean(2), row.GetBoolean(3)),
        key.Value)).FirstOrDefault();

    public Task<ImmutableArray<Member>> ReadMembersAsync(ConversationKey key, UserId? after, int countMax) => QueryAsync(
        """
        SELECT user_id, joined_seq FROM imorleans_log_entry WHERE key = $1 AND left_seq IS NULL AND user_id > $2
        ORDER BY user_id LIMIT $3
        """,
        row => new Member(new(row.GetString(0)), row.GetInt64(1)), key.Value, after?.Value ?? "", countMax);

    public async Task<int> CountMembersAsync(ConversationKey key) => (await QueryAsync(
        "SELECT count(*)::int FROM imorleans_log_entry WHERE key = $1 AND left_seq IS NULL",
        row => row.GetInt32(0), key.Value)).Single();

    public Task<ImmutableArray<ConversationEntry>> ReadEntriesAsync(UserId user, ConversationKey? after, int countMax) =>
        QueryAsync(
            $"{EntryQuery} AND e.key > $2 ORDER BY e.key LIMIT $3", Entry, user.Value, after?.Value ?? "", countMax);

    public async Task<ConversationEntry?> ReadEntryAsync(UserId user, ConversationKey key) =>
        (await QueryAsync($"{EntryQuery} AND e.key = $2", Entry, user.Value, key.Value)).FirstOrDefault();

    public Task<ImmutableArray<long>> ReadTotalsAsync(IReadOnlyList<UserId> users) => QueryAsync(
        """
        SELECT coalesce(t.total, 0) FROM unnest($1) WITH ORDINALITY AS u (id, number)
        LEFT JOIN LATERAL (
            SELECT sum(coalesce(e.left_seq, c.seq))::bigint AS total
            FROM imorleans_log_entry e JOIN imorleans_log_conversation c ON c.key = e.key
            WHERE e.user_id = u.id) AS t ON true
        ORDER BY u.number
        """,
        row => row.GetInt64(0),
        [users.Select(user => user.Value).ToArray()]);

    public Task<ImmutableArray<DeviceRow>> ReadDevicesAsync(UserId user) => QueryAsync(
        "SELECT device, since_at, seen_at FROM imorleans_log_device WHERE user_id = $1",
        row => new DeviceRow(new(row.GetString(0)), row.GetInt64(1), row.GetInt64(2)), user.Value);

    public Task<ImmutableArray<DevicePosition>> ReadPositionsAsync(UserId user, DeviceId device) => QueryAsync(
        "SELECT key, delivered_seq FROM imorleans_log_position WHERE user_id = $1 AND device = $2",
        row => new DevicePosition(ConversationKey.Parse(row.GetString(0)), row.GetInt64(1)), user.Value, device.Value);

    public ValueTask DisposeAsync()
    {
        _reading.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<ImmutableArray<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> row, params object[] values)
    {
        await _reading.WaitAsync();
        try
        {
            await using var command = source.CreateCommand(sql);
            foreach (var value in values)
                command.Parameters.Add(new() { Value = value });
            await using var reader = await command.ExecuteReaderAsync();
            var rows = ImmutableArray.CreateBuilder<T>();
            while (await reader.ReadAsync())
                rows.Add(row(reader));
            return rows.ToImmutable();
        }
        catch (Exception failure) when (PostgresErrors.IsOfDatabase(failure))
        {
            throw PostgresErrors.Explain(failure);
        }
        finally
        {
            _reading.Release();
        }
    }

    private static StoredMessage Message(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetInt64(1), new(
        MessageUId.TryParse(row.GetString(2), out var uid) ? uid : default,
        new(row.GetString(3)),
        MessageText.Decode(row.GetFieldValue<byte[]>(4)),
        row.GetFieldValue<byte[]>(5),
        (MessageFlags)row.GetInt16(6),
        row.IsDBNull(7) ? null : MessageText.Decode(row.GetFieldValue<byte[]>(7)),
        MessageText.Split(row.IsDBNull(8) ? null : row.GetString(8)),
        row.IsDBNull(9) ? default : row.GetFieldValue<byte[]>(9)));

    private static ConversationEntry Entry(NpgsqlDataReader row) => new(
        ConversationKey.Parse(row.GetString(0)), Stays(row, 1, 4), row.GetInt64(3), Head(row, 5));

    /// <summary>The columns of <c>joined_seq</c> and <c>left_seq</c>, and that of <c>absences</c>.</summary>
    public static Stays Stays(NpgsqlDataReader row, int joinedAt, int absencesAt) => new(
        row.GetInt64(joinedAt), row.IsDBNull(joinedAt + 1) ? null : row.GetInt64(joinedAt + 1),
        Domain.Conversations.Stays.ParseAbsences(row.IsDBNull(absencesAt) ? null : row.GetString(absencesAt)));

    private static ConversationHead Head(NpgsqlDataReader row, int at) => new(
        row.GetInt64(at), row.GetInt64(at + 1), row.GetInt64(at + 2), row.GetInt64(at + 3), row.GetInt64(at + 4));
}
