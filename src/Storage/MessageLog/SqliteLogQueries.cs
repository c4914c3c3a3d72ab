using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ImOrleans.Storage.MessageLog;

/// <summary>The reads of one connection. Used by one thread at a time.</summary>
internal sealed class SqliteLogQueries(SqliteConnection connection) : IDisposable
{
    private const string HeadColumns = "h.epoch, h.seq, h.counted_total, h.last_at, h.last_visible_seq";

    private readonly SqliteStatement _begin = new(connection, "BEGIN;");
    private readonly SqliteStatement _end = new(connection, "COMMIT;");

    private readonly SqliteStatement _head = new(
        connection,
        $"SELECT {HeadColumns} FROM log_head h WHERE h.id = (SELECT id FROM log_conversation WHERE key = $1);");

    private readonly SqliteStatement _profile = new(
        connection, "SELECT name, creator, is_open, is_dismissed FROM log_profile WHERE key = $1;");

    private readonly SqliteStatement _members = new(
        connection,
        """
        SELECT user_id, joined_seq FROM log_entry WHERE key = $1 AND left_seq IS NULL AND user_id > $2
        ORDER BY user_id LIMIT $3;
        """);

    private readonly SqliteStatement _memberCount = new(
        connection, "SELECT count(*) FROM log_entry WHERE key = $1 AND left_seq IS NULL;");

    private readonly SqliteStatement _entries = new(
        connection,
        $"""
        SELECT e.key, e.joined_seq, e.left_seq, e.read_seq, e.absences, {HeadColumns}
        FROM log_entry e JOIN log_conversation c ON c.key = e.key JOIN log_head h ON h.id = c.id
        WHERE e.user_id = $1 AND e.key > $2 ORDER BY e.key LIMIT $3;
        """);

    private readonly SqliteStatement _entry = new(
        connection,
        $"""
        SELECT e.key, e.joined_seq, e.left_seq, e.read_seq, e.absences, {HeadColumns}
        FROM log_entry e JOIN log_conversation c ON c.key = e.key JOIN log_head h ON h.id = c.id
        WHERE e.user_id = $1 AND e.key = $2;
        """);

    private readonly SqliteStatement _total = new(
        connection,
        """
        SELECT coalesce(sum(coalesce(e.left_seq, h.seq)), 0)
        FROM log_entry e JOIN log_conversation c ON c.key = e.key JOIN log_head h ON h.id = c.id
        WHERE e.user_id = $1;
        """);

    private readonly SqliteStatement _devices = new(
        connection, "SELECT device, since_at, seen_at FROM log_device WHERE user_id = $1;");

    private readonly SqliteStatement _positions = new(
        connection, "SELECT key, delivered_seq FROM log_position WHERE user_id = $1 AND device = $2;");

    public SqliteMessageChain Messages { get; } = new(connection);

    /// <summary>Reads all at one point of the store's life.</summary>
    public T Do<T>(Func<SqliteLogQueries, T> read)
    {
        _begin.Execute();
        var result = read(this);
        _end.Execute();
        return result;
    }

    public ImmutableArray<ConversationHead> ReadHeads(IReadOnlyList<ConversationKey> keys) => [.. keys.Select(ReadHead)];

    public GroupProfile? ReadProfile(ConversationKey key)
    {
        using var row = _profile.Query(key.Value);
        return row.Read()
            ? new(
                MessageText.Decode(row.GetFieldValue<byte[]>(0)), row.IsDBNull(1) ? null : new(row.GetString(1)),
                row.GetBoolean(2), row.GetBoolean(3))
            : null;
    }

    public ImmutableArray<Member> ReadMembers(ConversationKey key, UserId? after, int countMax) => Rows(
        _members.Query(key.Value, after?.Value ?? "", countMax), row => new Member(new(row.GetString(0)), row.GetInt64(1)));

    public int CountMembers(ConversationKey key)
    {
        using var row = _memberCount.Query(key.Value);
        row.Read();
        return row.GetInt32(0);
    }

    public ImmutableArray<ConversationEntry> ReadEntries(UserId user, ConversationKey? after, int countMax) =>
        Rows(_entries.Query(user.Value, after?.Value ?? "", countMax), Entry);

    public ConversationEntry? ReadEntry(UserId user, ConversationKey key) =>
        Rows(_entry.Query(user.Value, key.Value), Entry).FirstOrDefault();

    public ImmutableArray<long> ReadTotals(IReadOnlyList<UserId> users) =>
        [.. users.Select(user => Rows(_total.Query(user.Value), row => row.GetInt64(0))[0])];

    public ImmutableArray<DeviceRow> ReadDevices(UserId user) => Rows(
        _devices.Query(user.Value), row => new DeviceRow(new(row.GetString(0)), row.GetInt64(1), row.GetInt64(2)));

    public ImmutableArray<DevicePosition> ReadPositions(UserId user, DeviceId device) => Rows(
        _positions.Query(user.Value, device.Value),
        row => new DevicePosition(ConversationKey.Parse(row.GetString(0)), row.GetInt64(1)));

    public void Dispose()
    {
        Messages.Dispose();
        foreach (var statement in (SqliteStatement[])
            [_begin, _end, _head, _profile, _members, _memberCount, _entries, _entry, _total, _devices, _positions])
            statement.Dispose();
        connection.Dispose();
    }

    private ConversationHead ReadHead(ConversationKey key)
    {
        using var row = _head.Query(key.Value);
        return row.Read() ? Head(row, 0) : ConversationHead.None;
    }

    private static ImmutableArray<T> Rows<T>(SqliteDataReader rows, Func<SqliteDataReader, T> row)
    {
        using (rows)
        {
            var all = ImmutableArray.CreateBuilder<T>();
            while (rows.Read())
                all.Add(row(rows));
            return all.ToImmutable();
        }
    }

    private static ConversationEntry Entry(SqliteDataReader row) => new(
        ConversationKey.Parse(row.GetString(0)), Stays(row, 1, 4), row.GetInt64(3), Head(row, 5));

    /// <summary>The columns of <c>joined_seq</c> and <c>left_seq</c>, and that of <c>absences</c>.</summary>
    public static Stays Stays(SqliteDataReader row, int joinedAt, int absencesAt) => new(
        row.GetInt64(joinedAt), row.IsDBNull(joinedAt + 1) ? null : row.GetInt64(joinedAt + 1),
        Domain.Conversations.Stays.ParseAbsences(row.IsDBNull(absencesAt) ? null : row.GetString(absencesAt)));

    private static ConversationHead Head(SqliteDataReader row, int at) => new(
        row.GetInt64(at), row.GetInt64(at + 1), row.GetInt64(at + 2), row.GetInt64(at + 3), row.GetInt64(at + 4));
}
