using ImOrleans.Domain.Conversations;
using ImOrleans.PostgresKit;
using ImOrleans.Storage.MessageLog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ImOrleans.Storage.Tests.MessageLog;

/// <summary>A host opens its log before it serves anybody, and closes it after.</summary>
public sealed class MessageLogExtensionsTests : IDisposable
{
    private static readonly ConversationKey Team = ConversationKey.Group(new("team"));

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_host_opens_its_file_and_closes_it()
    {
        var file = _directory.File("conversations.db");
        var clock = new ManualTimeProvider();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(clock).AddSqliteMessageLog(file);
        await using (var provider = services.BuildServiceProvider())
        {
            await StartAsync(provider);
            Assert.True(File.Exists(file));
            var log = provider.GetRequiredService<IMessageLog>();
            await log.OpenAsync(Team).Guard();
            var message = new ChatMessage(MessageUId.Create(Team, 1, 1), new("ann"), "x", default, default, null, [], default);
            var result = await log.AppendAsync(new(Team, 1, 1, [message], [])).Guard();
            Assert.Equal(clock.GetUtcNow().ToUnixTimeMilliseconds(), result.SentAtUnixMs);
        }

        await using var reopened = new SqliteMessageLog(file, clock);
        Assert.Equal(1, (await reopened.ReadHeadsAsync([Team]).Guard())[0].Seq);
    }

    [Fact]
    public async Task A_host_whose_store_is_broken_does_not_start()
    {
        var services = new ServiceCollection().AddSqliteMessageLog(_directory.Path);
        await using (var provider = services.BuildServiceProvider())
            await Assert.ThrowsAsync<StorageUnavailableException>(() => StartAsync(provider)).Guard();

        services = new ServiceCollection().AddPostgresMessageLog(
            $"Host=127.0.0.1;Port={FreePort.Next()};Database=x;Username=x;Password=x");
        await using (var provider = services.BuildServiceProvider())
            await Assert.ThrowsAsync<StorageUnavailableException>(() => StartAsync(provider)).Guard();
    }

    private static async Task StartAsync(ServiceProvider provider)
    {
        foreach (var service in provider.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
    }
}
