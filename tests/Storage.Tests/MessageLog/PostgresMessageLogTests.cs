using ImOrleans.Domain.Conversations;
using ImOrleans.PostgresKit;
using ImOrleans.Storage.MessageLog;
using Npgsql;

namespace ImOrleans.Storage.Tests.MessageLog;

/// <summary>On a real PostgreSQL; each test has a schema of its own, which is quicker made than a database.</summary>
public sealed class PostgresMessageLogTests(PostgresServer postgres)
    : MessageLogContract, IClassFixture<PostgresServer>, IAsyncLifetime
{
    private const string Database = "messages";

    private static int s_others;

    private PostgresMessageLog _log = null!;

    protected override IMessageLog Log => _log;

    public async Task InitializeAsync()
    {
        if (!(bool)(await postgres.ScalarAsync("postgres", $"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{Database}')"))!)
            await postgres.CreateDatabaseAsync(Database);
        await postgres.ExecuteAsync(Database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        _log = new(postgres.OwnerOf(Database), Clock);
        await _log.OpenAsync().Guard();
    }

    public async Task DisposeAsync() => await _log.DisposeAsync();

    protected override async Task ReopenAsync(TimeProvider clock)
    {
        await _log.DisposeAsync();
        _log = new(postgres.OwnerOf(Database), clock);
        await _log.OpenAsync().Guard();
    }

    [Fact]
    public async Task The_tables_are_made_once_though_many_open_at_once()
    {
        var database = OtherDatabase();
        await postgres.CreateDatabaseAsync(database);
        var logs = Enumerable.Range(0, 5).Select(_ => new PostgresMessageLog(postgres.OwnerOf(database), Clock)).ToArray();
        await Task.WhenAll(logs.Select(log => log.OpenAsync())).Guard();
        Assert.Equal(1, (await logs[0].OpenAsync(Pair).Guard()).Epoch);
        Assert.Equal(2, (await logs[4].OpenAsync(Pair).Guard()).Epoch);
        foreach (var log in logs)
            await log.DisposeAsync();
    }

    [Fact]
    public async Task A_user_that_only_reads_and_writes_works_on_what_the_scripts_have_made_and_is_told_when_they_have_not_run()
    {
        var database = OtherDatabase();
        var connection = await postgres.CreateDatabaseAsync(database);
        await postgres.ExecuteAsync(database, "DO $$ BEGIN CREATE ROLE app LOGIN; EXCEPTION WHEN duplicate_object THEN END $$");
        await using var log = new PostgresMessageLog(connection, Clock);
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => log.OpenAsync()).Guard();
        Assert.Contains("apply deploy/k8s/base/sql", failure.Message, StringComparison.Ordinal);
        await postgres.ApplySchemaAsync(database);
        await log.OpenAsync().Guard();
        await log.OpenAsync(Team).Guard();
        Assert.True((await log.AppendAsync(Append(Team, 1, 1, Text("a", name: "x"))).Guard()).IsStored);
        Assert.True(await log.ChangeMembersAsync(new(Team, 1, [Ann], [])).Guard());
        await log.TouchDeviceAsync(Ann, new(new("phone"), 1, 1)).Guard();
        await log.WritePositionsAsync(Ann, new("phone"), [new(Team, 1)]).Guard();
        Assert.Equal(1, await log.RemoveDevicesAsync(5, 10).Guard());
        Assert.Equal(1, await log.RemoveAsync(long.MaxValue, 10).Guard());
    }

    /// <summary>
    /// Two silos, one with a clock behind: all conversations but a few have an activation on each, which take them from
    /// each other. Whoever looks on sees no message appear with a time before one that was there already.
    /// </summary>
    [Fact]
    public async Task Two_who_write_one_database_lose_nothing_and_what_appears_later_has_no_earlier_time()
    {
        var behind = new ManualTimeProvider(Clock.GetUtcNow() - TimeSpan.FromMinutes(1));
        await using var other = new PostgresMessageLog(postgres.OwnerOf(Database), behind);
        var stored = new long[12];
        var writers = Task.WhenAll(Enumerable.Range(0, 20).Select(worker => Task.Run(async () =>
        {
            var (key, log, clock) = (Group(worker % 12), worker < 12 ? Log : other, worker < 12 ? Clock : behind);
            var head = await log.OpenAsync(key).Guard();
            for (var round = 0; round < 40; round++)
            {
                var result = await log.AppendAsync(Append(key, head.Epoch, head.Seq + 1, Text("a"), Text("b"))).Guard();
                if (result.IsStored)
                    Interlocked.Add(ref stored[worker % 12], 2);
                head = result.IsStored ? head with { Seq = head.Seq + 2 } : await log.OpenAsync(key).Guard();
                lock (clock)
                    clock.Advance(TimeSpan.FromMilliseconds(1));
            }
        })));
        Assert.True(await LookOnAsync(writers) > 1);
        await writers;
        for (var i = 0; i < 12; i++)
        {
            var seqs = (await AllAsync(Group(i))).Select(one => one.Seq);
            Assert.Equal(Enumerable.Range(1, (int)stored[i]).Select(seq => (long)seq), seqs);
            Assert.Equal(stored[i], (await Log.ReadHeadsAsync([Group(i)]).Guard())[0].CountedTotal);
        }
    }

    /// <summary>One transaction is stopped behind its clock: nobody gets a time, or becomes visible, before it ends.</summary>
    [Fact]
    public async Task Whoever_comes_later_waits_for_the_commit_of_whoever_has_a_time()
    {
        await Log.OpenAsync(Pair);
        await Log.OpenAsync(Team);
        await using var connection = new NpgsqlConnection(postgres.OwnerOf(Database));
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var ahead = Now + 3000;
        await using (var command = new NpgsqlCommand($"UPDATE imorleans_log_clock SET last_at = {ahead}", connection))
            await command.ExecuteNonQueryAsync();
        var append = Log.AppendAsync(Append(Team, 1, 1, Text("a")));
        // It has locked its head and waits for the clock: a look at the locks shows it, at once or a little later.
        while ((long)(await postgres.ScalarAsync(Database, "SELECT count(*) FROM pg_locks WHERE NOT granted"))! == 0)
            Assert.False(append.IsCompleted);
        await transaction.CommitAsync();
        Assert.Equal(new(true, ahead), await append.Guard());
    }

    [Fact]
    public async Task A_failure_before_the_commit_stores_nothing_and_the_store_goes_on()
    {
        await Log.OpenAsync(Pair);
        await postgres.ExecuteAsync(Database, "ALTER TABLE imorleans_log_message RENAME TO away");
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => AppendAsync(Pair, 1, 1, Text("a")));
        Assert.Contains("lacks the tables", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => AllAsync(Pair));
        await postgres.ExecuteAsync(Database, "ALTER TABLE away RENAME TO imorleans_log_message");
        await AppendAsync(Pair, 1, 1, Text("b"));
        Assert.Equal(["b"], Texts(await AllAsync(Pair)));
    }

    [Fact]
    public async Task A_write_that_the_database_refuses_fails_alone()
    {
        await postgres.ExecuteAsync(Database, "ALTER TABLE imorleans_log_message ADD CHECK (sender <> 'bob')");
        var keys = Enumerable.Range(0, 50).Select(Group).ToArray();
        await Task.WhenAll(keys.Select(key => Log.OpenAsync(key))).Guard();
        var appends = keys.Select((key, i) => AppendAsync(key, 1, 1, Text($"{i}", i % 7 == 3 ? Bob : Ann))).ToArray();
        for (var i = 0; i < keys.Length; i++)
        {
            if (i % 7 == 3)
                await Assert.ThrowsAsync<StorageUnavailableException>(() => appends[i]);
            else
                await appends[i];
            Assert.Equal(i % 7 == 3 ? [] : [$"{i}"], Texts(await AllAsync(keys[i])));
        }
    }

    [Fact]
    public async Task A_failure_of_the_commit_leaves_the_outcome_of_all_in_it_open()
    {
        var keys = Enumerable.Range(0, 20).Select(Group).ToArray();
        await Task.WhenAll(keys.Select(key => Log.OpenAsync(key))).Guard();
        await postgres.ExecuteAsync(
            Database,
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON imorleans_log_message
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        foreach (var append in keys.Select(key => AppendAsync(key, 1, 1, Text("a"))).ToArray())
            await Assert.ThrowsAsync<LogUnknownException>(() => append);
        await postgres.ExecuteAsync(Database, "DROP TRIGGER late ON imorleans_log_message");
        await AppendAsync(keys[0], 1, 1, Text("b"));
        Assert.Equal(["b"], Texts(await AllAsync(keys[0])));
    }

    /// <summary>The connection ends while the database commits: whoever wrote cannot know, and must read.</summary>
    [Fact]
    public async Task A_connection_that_is_lost_in_the_commit_leaves_the_outcome_open()
    {
        await Log.OpenAsync(Pair);
        await postgres.ExecuteAsync(
            Database,
            """
            CREATE FUNCTION end_it() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON imorleans_log_message
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_it();
            """);
        await Assert.ThrowsAsync<LogUnknownException>(() => AppendAsync(Pair, 1, 1, Text("a"))).Guard();
        await postgres.ExecuteAsync(Database, "DROP TRIGGER late ON imorleans_log_message");
        var seq = (await Log.ReadHeadsAsync([Pair]).Guard())[0].Seq;
        await AppendAsync(Pair, 1, seq + 1, Text("b"));
        Assert.Equal(["b"], Texts(await AllAsync(Pair)).TakeLast(1));
    }

    /// <summary>The same before the commit: nothing was done, and that is said.</summary>
    [Fact]
    public async Task A_connection_that_is_lost_before_the_commit_stores_nothing()
    {
        await Log.OpenAsync(Pair);
        await postgres.ExecuteAsync(
            Database,
            """
            CREATE FUNCTION end_it() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
            CREATE TRIGGER early AFTER INSERT ON imorleans_log_message FOR EACH ROW EXECUTE FUNCTION end_it();
            """);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => AppendAsync(Pair, 1, 1, Text("a"))).Guard();
        await postgres.ExecuteAsync(Database, "DROP TRIGGER early ON imorleans_log_message");
        await AppendAsync(Pair, 1, 1, Text("b"));
        Assert.Equal(["b"], Texts(await AllAsync(Pair)));
    }

    [Fact]
    public async Task A_database_that_is_away_is_said_to_be_without_the_password()
    {
        await using var log = new PostgresMessageLog(
            $"Host=127.0.0.1;Port={FreePort.Next()};Database=x;Username=x;Password=hunter2", Clock);
        foreach (var attempt in (Func<Task>[])
            [() => log.OpenAsync(), () => log.OpenAsync(Pair), () => log.ReadHeadsAsync([Pair])])
        {
            var failure = await Assert.ThrowsAsync<StorageUnavailableException>(attempt).Guard();
            Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
        }
    }

    private static string OtherDatabase() => $"other{Interlocked.Increment(ref s_others)}";

    /// <summary>How often there was something new.</summary>
    private async Task<int> LookOnAsync(Task writers)
    {
        await using var connection = new NpgsqlConnection(postgres.OwnerOf(Database));
        await connection.OpenAsync();
        await using var query = new NpgsqlCommand("SELECT conversation_id, seq, sent_at FROM imorleans_log_message", connection);
        var seen = new HashSet<(long, long)>();
        var (newest, times) = (0L, 0);
        for (var isLast = false; !isLast;)
        {
            isLast = writers.IsCompleted;
            var before = (newest, seen.Count);
            await using var rows = await query.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                var sentAt = rows.GetInt64(2);
                if (seen.Add((rows.GetInt64(0), rows.GetInt64(1))))
                    Assert.True(sentAt >= before.newest, $"{sentAt} appeared after {before.newest}.");
                newest = Math.Max(newest, sentAt);
            }

            times += seen.Count > before.Count ? 1 : 0;
        }

        return times;
    }
}
