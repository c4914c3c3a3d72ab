using ImOrleans.Domain.History;
using ImOrleans.Domain.Messages;
using ImOrleans.PostgresKit;
using ImOrleans.Storage.ChannelHistory;

namespace ImOrleans.Storage.Tests.ChannelHistory;

/// <summary>On a real PostgreSQL; each test has a database of its own.</summary>
public sealed class PostgresChannelHistoryTests(PostgresServer postgres)
    : ChannelHistoryContract, IClassFixture<PostgresServer>, IAsyncLifetime
{
    private static int s_databases;

    private readonly string _database = $"history{Interlocked.Increment(ref s_databases)}";
    private PostgresChannelHistory _history = null!;

    protected override IChannelHistory History => _history;

    public async Task InitializeAsync()
    {
        await postgres.CreateDatabaseAsync(_database);
        _history = new(postgres.OwnerOf(_database));
        await _history.OpenAsync().Guard();
    }

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task The_tables_are_made_once_though_many_open_at_once_and_what_is_there_stays()
    {
        await AppendAsync("kept", 1000);
        await postgres.ExecuteAsync(_database, "DROP TABLE imorleans_migration, imorleans_channel_message");
        var others = Enumerable.Range(0, 5).Select(_ => new PostgresChannelHistory(postgres.OwnerOf(_database))).ToArray();
        await Task.WhenAll(others.Select(other => other.OpenAsync())).Guard();
        await AppendToAsync(others[0], "new", 1);
        await others[1].OpenAsync().Guard();
        Assert.Equal(["new"], Texts(await ReadAsync()));
        foreach (var other in others)
            await other.DisposeAsync();
    }

    [Fact]
    public async Task A_user_that_only_reads_and_writes_works_on_what_the_scripts_have_made_and_is_told_when_they_have_not_run()
    {
        var database = $"{_database}_app";
        var connection = await postgres.CreateDatabaseAsync(database);
        await postgres.ExecuteAsync(database, "DO $$ BEGIN CREATE ROLE app LOGIN; EXCEPTION WHEN duplicate_object THEN END $$");
        await using var history = new PostgresChannelHistory(connection);
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => history.OpenAsync()).Guard();
        Assert.Contains("apply deploy/k8s/base/sql", failure.Message, StringComparison.Ordinal);
        await postgres.ApplySchemaAsync(database);
        await history.OpenAsync().Guard();
        await AppendToAsync(history, "kept", 1);
        Assert.Equal(["kept"], Texts(await history.ReadAsync(Lobby, new(0, 10, 1))));
        Assert.Equal(1, await history.RemoveAsync(10, 10));

        // Those who come with another release, and whoever applies the scripts again, find all there.
        await postgres.ApplySchemaAsync(database);
        await using var owner = new PostgresChannelHistory(postgres.OwnerOf(database));
        await owner.OpenAsync().Guard();
    }

    /// <summary>Two silos have an activation of one channel each, for a moment, and the clock of one is behind.</summary>
    [Fact]
    public async Task Two_who_write_one_history_never_give_a_time_twice_or_an_earlier_one_later()
    {
        await using var other = new PostgresChannelHistory(postgres.OwnerOf(_database));
        HistoryKey[] keys = [Lobby, new(ChannelType.Message, "a"), new(ChannelType.Message, "b")];
        var times = await Task.WhenAll(Enumerable.Range(0, 600).Select(i => AppendToAsync(
            i % 2 == 0 ? _history : other, $"{i}", i % 2 == 0 ? 1000 : 900, i, keys[i % 3])));
        for (var k = 0; k < keys.Length; k++)
            Assert.Equal(200, times.Where((_, i) => i % 3 == k).Distinct().Count());
        Assert.Equal(200, (await AllAsync()).Messages.Length);
    }

    [Fact]
    public async Task A_failure_before_the_commit_stores_nothing_and_the_store_goes_on()
    {
        await postgres.ExecuteAsync(_database, "ALTER TABLE imorleans_channel_message RENAME TO away");
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => AppendAsync("a", 1));
        Assert.Contains("lacks the tables", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => ReadAsync());
        await postgres.ExecuteAsync(_database, "ALTER TABLE away RENAME TO imorleans_channel_message");
        await AppendAsync("b", 1);
        Assert.Equal(["b"], Texts(await ReadAsync()));
    }

    [Fact]
    public async Task A_failure_of_the_commit_leaves_the_outcome_open()
    {
        await postgres.ExecuteAsync(
            _database,
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON imorleans_channel_message
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        await Assert.ThrowsAsync<HistoryUnknownException>(() => AppendAsync("a", 1));
        await postgres.ExecuteAsync(_database, "DROP TRIGGER late ON imorleans_channel_message");
        Assert.Equal(1, await AppendAsync("a", 1, mayBeStored: true));
        Assert.Equal(["a"], Texts(await ReadAsync()));
    }

    [Fact]
    public async Task A_database_that_is_away_is_said_to_be_without_the_password()
    {
        await using var history = new PostgresChannelHistory(
            $"Host=127.0.0.1;Port={FreePort.Next()};Database=x;Username=x;Password=hunter2");
        foreach (var attempt in (Func<Task>[])[() => history.OpenAsync(), () => AppendToAsync(history, "a", 1)])
        {
            var failure = await Assert.ThrowsAsync<StorageUnavailableException>(attempt).Guard();
            Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
        }
    }
}
