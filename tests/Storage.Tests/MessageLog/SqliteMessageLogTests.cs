using ImOrleans.Domain.Conversations;
using ImOrleans.Storage.MessageLog;
using ImOrleans.Storage.Sqlite;

namespace ImOrleans.Storage.Tests.MessageLog;

public sealed class SqliteMessageLogTests : MessageLogContract, IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private SqliteMessageLog _log = null!;

    protected override IMessageLog Log => _log;

    private string File => _directory.File("conversations.db");

    public Task InitializeAsync()
    {
        _log = new(File, Clock);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _log.DisposeAsync();
        _directory.Dispose();
    }

    protected override Task ReopenAsync(TimeProvider clock) => ReopenAsync(() => new(File, clock));

    [Fact]
    public async Task A_locked_file_is_said_to_be_and_nothing_was_stored()
    {
        await Log.OpenAsync(Pair);
        await ReopenAsync(() => new(File, Clock, null, TimeSpan.FromMilliseconds(10)));
        using (var connection = SqliteFile.Open(File))
        using (connection.BeginTransaction(deferred: false))
        {
            var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => AppendAsync(Pair, 1, 1, Text("a")));
            Assert.Contains("locked by another process", failure.Message, StringComparison.Ordinal);
            Assert.Contains(File, failure.Message, StringComparison.Ordinal);
        }

        await AppendAsync(Pair, 1, 1, Text("b"));
        Assert.Equal(["b"], Texts(await AllAsync(Pair)));
    }

    /// <summary>What is too long for what is left of the disk fails; what waits with it, and what comes later, does not.</summary>
    [Fact]
    public async Task A_full_disk_is_said_to_be_and_the_store_goes_on()
    {
        await ReopenAsync(() => new(File, Clock, pagesMax: 60));
        await Log.OpenAsync(Pair);
        await Log.OpenAsync(Team);
        var others = Enumerable.Range(0, 20).Select(i => Log.OpenAsync(Group(i))).ToArray();
        var huge = Text("") with { Extras = new byte[1_000_000] };
        var failed = Assert.ThrowsAsync<StorageUnavailableException>(() => AppendAsync(Pair, 1, 1, huge));
        var small = AppendAsync(Team, 1, 1, Text("small"));
        Assert.Contains("the disk is full", (await failed).Message, StringComparison.Ordinal);
        await small;
        await Task.WhenAll(others).Guard();
        await AppendAsync(Pair, 1, 1, Text("next"));
        Assert.Equal(["next"], Texts(await AllAsync(Pair)));
        Assert.Equal(["small"], Texts(await AllAsync(Team)));
    }

    [Fact]
    public async Task A_write_that_the_database_refuses_fails_alone()
    {
        Execute("CREATE TRIGGER t BEFORE INSERT ON log_message WHEN NEW.sender = 'bob' BEGIN SELECT RAISE(ABORT, 'no'); END;");
        var keys = Enumerable.Range(0, 50).Select(Group).ToArray();
        await Task.WhenAll(keys.Select(key => Log.OpenAsync(key))).Guard();
        var appends = keys.Select((key, i) =>
            AppendAsync(key, 1, 1, Text($"{i}", i % 7 == 3 ? Bob : Ann))).ToArray();
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
        var keys = Enumerable.Range(0, 20).Select(Group).Append(Pair).ToArray();
        await Task.WhenAll(keys.Select(key => Log.OpenAsync(key))).Guard();
        Execute(
            """
            CREATE TABLE broken (id INTEGER REFERENCES log_clock_missing (id) DEFERRABLE INITIALLY DEFERRED);
            CREATE TABLE log_clock_missing (id INTEGER PRIMARY KEY);
            CREATE TRIGGER t AFTER INSERT ON log_message BEGIN INSERT INTO broken VALUES (1); END;
            """);
        Task[] appends = [.. keys.Select(key => AppendAsync(key, 1, 1, Text("a")))];
        foreach (var append in appends)
            await Assert.ThrowsAsync<LogUnknownException>(() => append);
        Assert.Equal(0, (await Log.ReadHeadsAsync(keys).Guard()).Max(head => head.Seq));
        Execute("DROP TRIGGER t;");
        await AppendAsync(Pair, 1, 1, Text("next"));
        Assert.Equal(["next"], Texts(await AllAsync(Pair)));
    }

    /// <summary>Neither waits for the other, and a read sees whole transactions.</summary>
    [Fact]
    public async Task Reads_go_beside_the_writer()
    {
        await Log.OpenAsync(Pair);
        using (var connection = SqliteFile.Open(File))
        using (connection.BeginTransaction(deferred: false))
            Assert.Empty(await AllAsync(Pair));
        var appends = Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            AppendAsync(Pair, 1, (i * 3) + 1, Text($"{i}"), Text($"{i}"), Text($"{i}"))));
        do
        {
            var page = await Log.ReadAsync(Pair, new(0, long.MaxValue, 1000, false)).Guard();
            Assert.Equal(0, page.Messages.Length % 3);
            Assert.Equal(Enumerable.Range(1, page.Messages.Length).Select(i => (long)i), page.Messages.Select(one => one.Seq));
        }
        while (!appends.IsCompleted);
        await appends;
    }

    /// <summary>Places around every mark of the chain, before and after a removal that ends anywhere.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(130)]
    [InlineData(199)]
    [InlineData(200)]
    public async Task Every_stretch_of_a_long_conversation_is_found(int removed)
    {
        await Log.OpenAsync(Pair);
        for (var i = 1; i <= 200; i++)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(1));
            await AppendAsync(Pair, 1, i, Text($"{i}"));
        }

        var start = Now - 200;
        if (removed > 0)
            Assert.Equal(removed, await Log.RemoveAsync(start + removed + 1, 1000).Guard());
        int[] places = [0, 1, 2, 62, 63, 64, 65, 66, 126, 127, 128, 129, 130, 191, 192, 193, 198, 199, 200, 201, 500];
        foreach (var after in places)
            foreach (var before in places)
            {
                var expected = Enumerable.Range(1, 200).Where(i => i > removed && i > after && i < before).ToList();
                foreach (var isNewestFirst in (bool[])[false, true])
                {
                    var page = await Log.ReadAsync(Pair, new(after, before, 1000, isNewestFirst)).Guard();
                    var wanted = (isNewestFirst ? expected.AsEnumerable().Reverse() : expected).Select(i => (long)i);
                    Assert.Equal(wanted, page.Messages.Select(one => one.Seq));
                }
            }

        for (var i = 0; i <= 201; i++)
            Assert.Equal(i <= removed || removed == 200 ? 0 : Math.Min(i, 200), await Log.FindSeqAsync(Pair, start + i).Guard());
    }

    /// <summary>Nobody should; but an epoch that was taken must never be forgotten.</summary>
    [Fact]
    public async Task A_second_log_on_one_file_fences_the_first()
    {
        await Log.OpenAsync(Pair);
        await AppendAsync(Pair, 1, 1, Text("a"));
        await using (var second = new SqliteMessageLog(File, Clock))
        {
            Assert.Equal(2, (await second.OpenAsync(Pair).Guard()).Epoch);
            Assert.Equal(AppendResult.Fenced, await Log.AppendAsync(Append(Pair, 1, 2, Text("b"))).Guard());
            Assert.True((await second.AppendAsync(Append(Pair, 2, 2, Text("c"))).Guard()).IsStored);
        }

        Assert.Equal(2, (await Log.ReadHeadsAsync([Pair]).Guard())[0].Seq);
        Assert.Equal(new(3, 2, 2, Now, 2), await Log.OpenAsync(Pair).Guard());
        await AppendAsync(Pair, 3, 3, Text("d"));
        Assert.Equal(["a", "c", "d"], Texts(await AllAsync(Pair)));
    }

    [Fact]
    public async Task A_file_of_a_newer_program_is_refused()
    {
        await _log.DisposeAsync();
        Execute("INSERT INTO schema_migration (part, number) VALUES ('message_log', 999);");
        var failure = Assert.Throws<InvalidOperationException>(() => new SqliteMessageLog(File, Clock));
        Assert.Contains("newer version", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_store_refuses_writes()
    {
        await _log.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => { _ = Log.OpenAsync(Pair); });
    }

    private void Execute(string sql)
    {
        using var connection = SqliteFile.Open(File);
        connection.Execute(sql);
    }

    private async Task ReopenAsync(Func<SqliteMessageLog> open)
    {
        await _log.DisposeAsync();
        _log = open();
    }
}
