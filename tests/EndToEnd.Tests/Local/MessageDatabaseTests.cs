using ImOrleans.ClientKit;
using ImOrleans.PostgresKit;

namespace ImOrleans.EndToEnd.Tests.Local;

/// <summary>A server of one process that keeps messages in PostgreSQL.</summary>
public sealed class MessageDatabaseTests : IAsyncLifetime
{
    private readonly PostgresServer _postgres = new();
    private readonly string _data = Directory.CreateTempSubdirectory("imorleans-database-").FullName;

    [Fact]
    public async Task Messages_and_histories_are_in_the_database_and_not_in_files()
    {
        await _postgres.CreateDatabaseAsync("messages");
        await using (var server = await StartAsync(_postgres.OwnerOf("messages")))
        {
            await using var ann = await server.ConnectAsync("ann");
            await ann.DoAsync("SendMessage", new
            {
                conversationType = 1, targetId = "bob", objectName = "RC:TxtMsg", content = new { content = "hi" },
            });
            await ann.DoAsync("Publish", new
            {
                channel = "news", channelType = "message", messageType = "string", payload = "hi", storeInHistory = true,
            });
        }

        await using (var server = await StartAsync(_postgres.OwnerOf("messages")))
        {
            await using var bob = await server.ConnectAsync("bob");
            var page = await bob.DoAsync("PullMessages", new { });
            Assert.Equal("hi", Assert.Single(page.GetProperty("messages").EnumerateArray())
                .GetProperty("content").GetProperty("content").GetString());
            var history = await bob.DoAsync("GetChannelMessages", new { channel = "news", channelType = "message" });
            Assert.Single(history.GetProperty("messages").EnumerateArray());
        }

        Assert.Empty(Directory.GetFiles(_data, "conversations*"));
        Assert.Empty(Directory.GetFiles(_data, "history*"));
    }

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _postgres.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private Task<ServerProcess> StartAsync(string connection) => ServerProcess.StartAsync(
        ServerFixture.ServerDll, _data, arguments: ["--Storage:ConnectionString", connection]);
}
