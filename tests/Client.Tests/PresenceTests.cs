using System.Text.Json;
using ImOrleans.Client.Tests.Fakes;
using ImOrleans.Client.Wire;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests;

/// <summary>What the client makes of presence by itself.</summary>
public sealed class PresenceTests
{
    private static readonly IReadOnlyDictionary<string, string> Fine = new Dictionary<string, string> { ["mood"] = "fine" };

    [Fact]
    public async Task Events_go_to_the_channel_of_their_kind()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        var stream = await faked.Client.JoinStreamChannelAsync("c", new() { WithPresence = true });
        var message = await faked.Client.SubscribeChannelAsync("c");
        Tell(link, """{"type":"join","channel":"c","channelType":"stream","userId":"ann","state":{"a":"1"}}""");
        Tell(link, """{"type":"leave","channel":"c","channelType":"message","userId":"bob"}""");
        Tell(link, """{"type":"timeout","channel":"c","channelType":"message","userId":"cleo"}""");
        Tell(link, """{"type":"outOfService","channel":"c","channelType":"stream","userId":""}""");
        Tell(link, """{"type":"of tomorrow","channel":"c","channelType":"stream","userId":""}""");
        await stream.LeaveAsync();
        await message.UnsubscribeAsync();

        var joined = Assert.IsType<UserJoined>(Assert.Single(await AllAsync(stream.PresenceEvents)));
        Assert.Equal(("ann", "1"), (joined.User.UserId, joined.User.State["a"]));
        Assert.Equal([new UserLeft("c", "bob", false), new UserLeft("c", "cleo", true)], await AllAsync(message.PresenceEvents));
    }

    [Fact]
    public async Task Every_field_of_an_event_is_read()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        var channel = await faked.Client.JoinStreamChannelAsync("c", new() { WithPresence = true });
        Tell(link, """
            {"type":"snapshot","channel":"c","channelType":"stream","userId":"","mode":"interval","total":70,
            "states":[{"userId":"ann","state":{"a":"1"}}]}
            """);
        Tell(link, """
            {"type":"interval","channel":"c","channelType":"stream","userId":"","joined":["x"],"left":["y"],"timedOut":["z"],
            "states":[{"userId":"ann","state":{"a":"2"},"removedKeys":["b"]}],"total":71,"omitted":3}
            """);
        Tell(link, """
            {"type":"stateChange","channel":"c","channelType":"stream","userId":"ann","state":{},"removedKeys":["a"]}
            """);
        await channel.LeaveAsync();

        var events = await AllAsync(channel.PresenceEvents);
        var snapshot = Assert.IsType<PresenceSnapshot>(events[0]);
        Assert.Equal((70, true, "ann", "1"), (
            snapshot.Total, snapshot.IsInterval, snapshot.Users[0].UserId, snapshot.Users[0].State["a"]));
        var interval = Assert.IsType<PresenceInterval>(events[1]);
        Assert.Equal(("x", "y", "z", 71, 3), (
            interval.Joined[0], interval.Left[0], interval.TimedOut[0], interval.Total, interval.Omitted));
        Assert.Equal(("2", "b"), (interval.States[0].Set["a"], interval.States[0].RemovedKeys[0]));
        Assert.Equal("a", Assert.IsType<UserStateChanged>(events[2]).Change.RemovedKeys[0]);
    }

    [Fact]
    public async Task What_was_said_is_said_again_before_the_channel_is_joined_over_a_new_link()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        faked.Server.Answer = Answer;
        await faked.Client.JoinStreamChannelAsync("c", new() { WithPresence = true });
        await faked.Client.Presence.SetStateAsync("c", ChannelType.Stream, Fine);
        await faked.Client.Presence.SetStateAsync("gone", ChannelType.Message, Fine);
        await (await faked.Client.SubscribeChannelAsync("gone")).UnsubscribeAsync();
        first.Lose();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var second = await faked.Server.NextLinkAsync().Guard();

        Assert.Equal(
            """SetState {"channel":"c","channelType":"stream","state":{"mood":"fine"}}""", await second.NextCallAsync());
        Assert.StartsWith("JoinChannel", await second.NextCallAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_said_again_is_reported_and_forgotten()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        faked.Server.Answer = Answer;
        await faked.Client.Presence.SetStateAsync("c", ChannelType.Message, Fine);
        faked.Server.Answer = call => call.StartsWith("SetState", StringComparison.Ordinal) ? FakeServer.Refuse(13004) : Answer(call);
        first.Lose();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));

        var failed = await faked.Events.NextAsync<RestoreFailed>();
        Assert.Equal(("c", true, 13004), (failed.Channel, failed.IsMessageChannel, ((RtmException)failed.Error).Code));
    }

    [Fact]
    public async Task Pages_are_asked_for_until_there_is_no_next()
    {
        await using var faked = new FakedClient();
        await faked.ConnectAsync();
        faked.Server.Answer = call => Task.FromResult(new WireReply(0, JsonSerializer.SerializeToElement<object>(
            call.Contains("\"page\":\"p2\"", StringComparison.Ordinal)
                ? new { users = new[] { new { userId = "b" } }, total = 2 }
                : new { users = new[] { new { userId = "a" } }, total = 2, nextPage = "p2" })));
        var users = new List<string>();

        await foreach (var user in faked.Client.Presence.AllNowAsync("c", ChannelType.Message))
            users.Add(user.UserId);

        Assert.Equal(["a", "b"], users);
    }

    private static Task<WireReply> Answer(string call) => call.StartsWith("SetState", StringComparison.Ordinal)
        ? Task.FromResult(new WireReply(0, JsonSerializer.SerializeToElement(new { state = Fine })))
        : FakeServer.Done(call);

    private static void Tell(FakeLink link, string json) => link.Events.OnPresenceEvents(
        [JsonSerializer.Deserialize<WirePresenceEvent>(json, JsonSerializerOptions.Web)!]);

    private static async Task<List<PresenceEvent>> AllAsync(Feed<PresenceEvent> feed)
    {
        var all = new List<PresenceEvent>();
        await foreach (var happened in feed)
            all.Add(happened);
        return all;
    }
}
