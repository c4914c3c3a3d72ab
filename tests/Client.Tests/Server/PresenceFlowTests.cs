using ImOrleans.Client.Tests.Fakes;

namespace ImOrleans.Client.Tests.Server;

/// <summary>Presence against a real server.</summary>
public sealed class PresenceFlowTests(RealServer server) : IClassFixture<RealServer>
{
    [Fact]
    public async Task Who_is_in_a_stream_channel_is_shown_told_and_asked_for()
    {
        await using var ann = await server.ConnectAsync("who-ann");
        await using var bob = await server.ConnectAsync("who-bob");
        var channel = await ann.JoinStreamChannelAsync("who", new() { WithPresence = true });
        var events = new FeedReader<PresenceEvent>(channel.PresenceEvents);
        Assert.Equal("who-ann", Assert.Single(Assert.IsType<PresenceSnapshot>(await events.NextAsync()).Users).UserId);
        await bob.Presence.SetStateAsync("who", ChannelType.Stream, new Dictionary<string, string> { ["mood"] = "fine" });

        var joined = await bob.JoinStreamChannelAsync("who");
        await bob.Presence.RemoveStateAsync("who", ChannelType.Stream, ["mood"]);

        Assert.Equal("fine", Assert.IsType<UserJoined>(await events.NextAsync()).User.State["mood"]);
        Assert.Equal(["mood"], Assert.IsType<UserStateChanged>(await events.NextAsync()).Change.RemovedKeys);
        Assert.Empty(await ann.Presence.GetStateAsync("who", ChannelType.Stream, "who-bob"));
        Assert.Equal(2, await ann.Presence.CountAsync("who", ChannelType.Stream));
        var users = new List<string>();
        await foreach (var user in ann.Presence.AllNowAsync("who", ChannelType.Stream, withStates: true))
            users.Add(user.UserId);
        Assert.Equal(["who-ann", "who-bob"], users);
        Assert.Equal([new("who", ChannelType.Stream)], await ann.Presence.WhereNowAsync("who-bob"));
        await joined.LeaveAsync();
        Assert.Equal(new UserLeft("who", "who-bob", false), await events.NextAsync());
        Assert.Equal(13011, (await Assert.ThrowsAsync<RtmException>(
            () => ann.Presence.GetStateAsync("who", ChannelType.Stream, "who-bob"))).Code);
    }

    [Fact]
    public async Task Who_is_in_a_message_channel_is_told_unless_it_is_quiet()
    {
        await using var ann = await server.ConnectAsync("sub-ann");
        await using var spy = await server.ConnectAsync("sub-spy");
        await using var bob = await server.ConnectAsync("sub-bob");
        var channel = await ann.SubscribeChannelAsync("sub");
        var events = new FeedReader<PresenceEvent>(channel.PresenceEvents);
        await events.NextAsync<PresenceSnapshot>();
        await spy.SubscribeChannelAsync("sub", new() { BeQuiet = true });
        Assert.Empty(await ann.Presence.WhereNowAsync("sub-spy"));

        await bob.SubscribeChannelAsync("sub", new() { WithPresence = false });

        Assert.Equal("sub-bob", Assert.IsType<UserJoined>(await events.NextAsync()).User.UserId);
        Assert.Equal(2, (await ann.Presence.WhoNowAsync("sub", ChannelType.Message)).Total);
    }
}
