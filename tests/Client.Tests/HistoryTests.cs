using System.Text.Json;
using ImOrleans.Client.Tests.Fakes;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client.Tests;

/// <summary>What the client makes of messages that were kept.</summary>
public sealed class HistoryTests
{
    [Fact]
    public async Task All_pages_are_asked_for_one_after_the_other_and_every_field_is_read()
    {
        await using var faked = new FakedClient();
        var calls = new List<string>();
        faked.Server.Answer = call =>
        {
            calls.Add(call);
            var isFirst = !call.Contains("\"start\":1001", StringComparison.Ordinal);
            return Task.FromResult(new WireReply(0, JsonSerializer.Deserialize<JsonElement>(isFirst
                ? """
                  {"messages":[{"channel":"c","channelType":"message","publisher":"ann","messageType":"binary","payload":"AQI=",
                  "customType":"label","sentAt":1001,"offset":7,"epoch":"e"}],"newStart":1001}
                  """
                : """
                  {"messages":[{"channel":"c","channelType":"message","publisher":"bob","messageType":"string","payload":"hi",
                  "sentAt":1002,"offset":8,"epoch":"e"}],"newStart":0}
                  """)));
        };
        await faked.ConnectAsync();

        var all = await AllAsync(faked.Client.History.AllChannelMessagesAsync("c", new()
        {
            After = DateTimeOffset.FromUnixTimeMilliseconds(5),
            UpTo = DateTimeOffset.FromUnixTimeMilliseconds(2000),
            PageSize = 1,
        }));

        Assert.Equal(
            [
                new("c", "ann", new byte[] { 1, 2 }, "label", DateTimeOffset.FromUnixTimeMilliseconds(1001), new(7, "e")),
                new("c", "bob", "hi", null, DateTimeOffset.FromUnixTimeMilliseconds(1002), new(8, "e")),
            ],
            all);
        Assert.Equal(
            [
                """GetChannelMessages {"channel":"c","channelType":"message","start":5,"end":2000,"count":1}""",
                """GetChannelMessages {"channel":"c","channelType":"message","start":1001,"end":2000,"count":1}""",
            ],
            calls);
    }

    [Fact]
    public async Task A_publish_that_is_to_be_kept_says_so_and_15003_leaves_its_outcome_open()
    {
        await using var faked = new FakedClient();
        var calls = new List<string>();
        faked.Server.Answer = call =>
        {
            calls.Add(call);
            return FakeServer.Refuse(RtmErrorCodes.HistoryTimeout, retryable: true);
        };
        await faked.ConnectAsync();

        var failure = await Assert.ThrowsAsync<RtmException>(
            () => faked.Client.PublishToChannelAsync("c", "hi", new() { StoreInHistory = true }));
        await Assert.ThrowsAsync<RtmException>(
            () => faked.Client.PublishToUserAsync("u", "hi", new() { StoreInHistory = true }));

        Assert.True(failure.OutcomeUnknown);
        Assert.All(calls, call => Assert.Contains("\"storeInHistory\":true", call, StringComparison.Ordinal));
    }

    private static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (var item in items)
            all.Add(item);
        return all;
    }
}
