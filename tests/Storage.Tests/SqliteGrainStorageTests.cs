using ImOrleans.Storage.GrainState;
using ImOrleans.Storage.Sqlite;
using Orleans.Storage;

namespace ImOrleans.Storage.Tests;

public sealed class SqliteGrainStorageTests : GrainStorageContract, IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private SqliteGrainStorage _storage = null!;

    protected override IGrainStorage Storage => _storage;

    private string File => _directory.File("grains.db");

    public Task InitializeAsync()
    {
        _storage = Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task States_and_versions_survive_reopening()
    {
        var state = await WriteAsync("kept");
        await _storage.DisposeAsync();
        _storage = Open();
        Assert.Equal("kept", (await ReadAsync()).State!.Text);
        await Storage.WriteStateAsync("state", Grain, state);
    }

    [Fact]
    public async Task Version_never_comes_again_after_reopening()
    {
        var old = await WriteAsync("a");
        var version = old.ETag;
        await Storage.ClearStateAsync("state", Grain, old);
        await _storage.DisposeAsync();
        _storage = Open();
        Assert.NotEqual(version, (await WriteAsync("b")).ETag);
    }

    [Fact]
    public async Task Two_storages_on_one_file_see_each_other()
    {
        var mine = await WriteAsync("mine");
        await using var other = Open();
        var theirs = new GrainState<TestState>();
        await other.ReadStateAsync("state", Grain, theirs);
        Assert.Equal("mine", theirs.State!.Text);
        await other.WriteStateAsync("state", Grain, theirs);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", Grain, mine));
    }

    [Fact]
    public async Task Locked_file_gives_a_clear_error()
    {
        await _storage.DisposeAsync();
        _storage = new SqliteGrainStorage(File, Serializer(), null, TimeSpan.FromMilliseconds(10));
        using var connection = SqliteFile.Open(File);
        using (connection.BeginTransaction(deferred: false))
        {
            var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => WriteAsync("a"));
            Assert.Contains("locked by another process", failure.Message, StringComparison.Ordinal);
            Assert.Contains(File, failure.Message, StringComparison.Ordinal);
        }

        await WriteAsync("a");
    }

    [Fact]
    public async Task Full_disk_gives_a_clear_error_and_the_storage_goes_on()
    {
        await _storage.DisposeAsync();
        _storage = new SqliteGrainStorage(File, Serializer(), pagesMax: 20);
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => WriteAsync(new string('x', 1_000_000)));
        Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);
        await WriteAsync("small");
        Assert.Equal("small", (await ReadAsync()).State!.Text);
    }

    [Fact]
    public void File_that_is_no_database_gives_a_clear_error()
    {
        var path = _directory.File("text.db");
        System.IO.File.WriteAllText(path, new string('x', 10_000));
        var failure = Assert.Throws<StorageUnavailableException>(() => new SqliteGrainStorage(path, Serializer()));
        Assert.Contains("is not a database", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_of_a_newer_program_is_refused()
    {
        await _storage.DisposeAsync();
        using (var connection = SqliteFile.Open(File))
        {
            connection.Execute("INSERT INTO schema_migration (part, number) VALUES ('grain_state', 999);");
        }

        var failure = Assert.Throws<InvalidOperationException>(Open);
        Assert.Contains("newer version", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_writes_share_transactions_and_all_arrive()
    {
        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => Storage.WriteStateAsync(
            "state",
            GrainId.Create("room", $"{i}"),
            new GrainState<TestState>(new TestState { Text = $"{i}" })))).Guard();
        for (var i = 0; i < 1_000; i += 111)
        {
            var read = new GrainState<TestState>();
            await Storage.ReadStateAsync("state", GrainId.Create("room", $"{i}"), read);
            Assert.Equal($"{i}", read.State!.Text);
        }
    }

    [Fact]
    public async Task Closed_storage_refuses_writes()
    {
        await _storage.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => WriteAsync("a"));
    }

    private static JsonGrainStorageSerializer Serializer() => new(TestStateContext.Default);

    private SqliteGrainStorage Open() => new(File, Serializer());
}
