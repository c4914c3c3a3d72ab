using System.Text.Json;
using ImOrleans.ClientKit;

namespace ImOrleans.EndToEnd.Tests.Local;

/// <summary>
/// Messages that are kept, as any client sees them. Here, since a cluster on Localhost stores nothing.
/// </summary>
public sealed class HistoryTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ServerProcess Server => fixture.Server;

    [Fact]
    public async Task Who_comes_late_reads_what_was_kept_page_by_page_and_nothing_else()
    {
        await using var publisher = await Server.ConnectAsync("h-publisher");
        for (var i = 0; i < 5; i++)
            await publisher.DoAsync("Publish", Message("h", $"{i}", isKept: i != 2));
        await using var late = await Server.ConnectAsync("h-late");

        var first = await GetAsync(late, "h", count: 3);
        var second = await GetAsync(late, "h", start: first.GetProperty("newStart").GetInt64(), count: 3);

        Assert.Equal(["0", "1", "3"], Texts(first));
        Assert.Equal(["4"], Texts(second));
        Assert.Equal(0, second.GetProperty("newStart").GetInt64());
        var times = Times(first);
        Assert.Equal(["1"], Texts(await GetAsync(late, "h", start: times[0], end: times[1])));
        Assert.Empty(Texts(await GetAsync(late, "other")));
    }

    [Fact]
    public async Task A_message_reads_as_its_event_was()
    {
        await using var client = await Server.ConnectAsync("h-same");
        await client.DoAsync("Subscribe", new { channel = "same" });
        var published = await client.DoAsync("Publish", Message("same", "héllo 世界", isKept: true));

        var told = await client.Messages.NextAsync();
        var kept = (await GetAsync(client, "same")).GetProperty("messages")[0];

        Assert.Equal(told.GetRawText(), kept.GetRawText().Replace("\\u00e9", "é", StringComparison.OrdinalIgnoreCase)
            .Replace("\\u4e16\\u754c", "世界", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(published.GetProperty("sentAt").GetInt64(), kept.GetProperty("sentAt").GetInt64());
    }

    [Fact]
    public async Task Messages_to_a_user_wait_for_it_and_are_its_own()
    {
        await using var sender = await Server.ConnectAsync("h-sender");
        var away = await sender.DoAsync("Publish", Message("h-receiver", "away", isKept: true, "user"));
        Assert.False(away.GetProperty("delivered").GetBoolean());
        Assert.Equal(11033, await sender.CodeAsync("Publish", Message("h-receiver", "lost", isKept: false, "user")));
        await using var receiver = await Server.ConnectAsync("h-receiver");
        var there = await sender.DoAsync("Publish", Message("h-receiver", "there", isKept: true, "user"));
        Assert.True(there.GetProperty("delivered").GetBoolean());

        Assert.Equal(["away", "there"], Texts(await GetAsync(receiver, "h-receiver", type: "user")));
        Assert.Equal(15004, await sender.CodeAsync("GetChannelMessages", new { channel = "h-receiver", channelType = "user" }));
    }

    [Fact]
    public async Task The_longest_messages_come_in_pages_that_end_early()
    {
        await using var client = await Server.ConnectAsync("h-long");
        var text = new string('\u0001', 32 * 1024);
        for (var i = 0; i < 40; i++)
            await client.DoAsync("Publish", Message("long", text, isKept: true));

        var (pages, messages, start) = (0, 0, 0L);
        do
        {
            var page = await GetAsync(client, "long", start);
            Assert.All(Texts(page), kept => Assert.Equal(text, kept));
            (pages, messages) = (pages + 1, messages + page.GetProperty("messages").GetArrayLength());
            start = page.GetProperty("newStart").GetInt64();
        }
        while (start != 0);

        Assert.Equal((2, 40), (pages, messages));
    }

    private static object Message(string channel, string payload, bool isKept, string type = "message") =>
        new { channel, channelType = type, messageType = "string", payload, storeInHistory = isKept };

    private static Task<JsonElement> GetAsync(
        RtmClient client, string channel, long start = 0, long end = 0, int count = 100, string type = "message") =>
        client.DoAsync("GetChannelMessages", new { channel, channelType = type, start, end, count });

    private static string[] Texts(JsonElement page) =>
        [.. page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("payload").GetString()!)];

    private static long[] Times(JsonElement page) =>
        [.. page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("sentAt").GetInt64())];
}
