using ImOrleans.Domain.History;
using ImOrleans.Storage.ChannelHistory;
using ImOrleans.Storage.Sqlite;

namespace ImOrleans.Storage.Tests.ChannelHistory;

public sealed class SqliteChannelHistoryTests : ChannelHistoryContract, IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private SqliteChannelHistory _history = null!;

    protected override IChannelHistory History => _history;

    private string File => _directory.File("history.db");

    public Task InitializeAsync()
    {
        _history = new(File);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _history.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Messages_and_their_times_survive_reopening()
    {
        await AppendAsync("kept", 1000);
        await _history.DisposeAsync();
        _history = new(File);
        Assert.Equal(1001, await AppendAsync("next", 500, 2));
        Assert.Equal(["kept", "next"], Texts(await ReadAsync()));
    }

    [Fact]
    public async Task A_locked_file_is_said_to_be_and_nothing_was_stored()
    {
        await _history.DisposeAsync();
        _history = new(File, null, TimeSpan.FromMilliseconds(10));
        using (var connection = SqliteFile.Open(File))
        using (connection.BeginTransaction(deferred: false))
        {
            var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => AppendAsync("a", 1));
            Assert.Contains("locked by another process", failure.Message, StringComparison.Ordinal);
            Assert.Contains(File, failure.Message, StringComparison.Ordinal);
        }

        await AppendAsync("b", 1);
        Assert.Equal(["b"], Texts(await ReadAsync()));
    }

    [Fact]
    public async Task A_full_disk_is_said_to_be_and_the_store_goes_on()
    {
        await _history.DisposeAsync();
        _history = new(File, pagesMax: 20);
        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => AppendAsync(new('x', 1_000_000), 1));
        Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);
        await AppendAsync("small", 1);
        Assert.Equal(["small"], Texts(await ReadAsync()));
    }

    [Fact]
    public async Task A_file_of_a_newer_program_is_refused()
    {
        await _history.DisposeAsync();
        using (var connection = SqliteFile.Open(File))
            connection.Execute("INSERT INTO schema_migration (part, number) VALUES ('channel_history', 999);");
        var failure = Assert.Throws<InvalidOperationException>(() => new SqliteChannelHistory(File));
        Assert.Contains("newer version", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_store_refuses_appends()
    {
        await _history.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => AppendAsync("a", 1));
    }
}
