using ImOrleans.Client.Tests.Fakes;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests.Server;

/// <summary>The client against a server that goes away and comes back.</summary>
public sealed class RestartTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_restart_everything_is_there_again_and_messages_flow(bool killed)
    {
        var server = new RealServer();
        await server.InitializeAsync();
        try
        {
            await using var alice = await server.ConnectAsync("again-alice");
            await using var bob = await server.ConnectAsync("again-bob");
            var (hers, his) = (await alice.JoinStreamChannelAsync("again"), await bob.JoinStreamChannelAsync(
                "again", new() { TokenProvider = _ => new(RealServer.Token("again-bob", 3600, "again")) }));
            await hers.JoinTopicAsync("t");
            var messages = new FeedReader<TopicMessage>((await his.SubscribeTopicAsync("t", ["again-alice"])).Messages);
            await hers.PublishAsync("t", "before");
            Assert.Equal("before", (await messages.NextAsync()).Payload.Text);
            var (aliceEvents, bobEvents) = (new FeedReader<ClientEvent>(alice.Events), new FeedReader<ClientEvent>(bob.Events));
            await RealServer.StateAsync(aliceEvents, ConnectionState.Connected);
            await RealServer.StateAsync(bobEvents, ConnectionState.Connected);

            if (killed)
                server.Kill();
            else
                await server.StopAsync();
            foreach (var events in (FeedReader<ClientEvent>[])[aliceEvents, bobEvents])
            {
                var lost = await RealServer.StateAsync(events, ConnectionState.Reconnecting);
                Assert.Equal(killed ? null : 3001, lost.CloseCode);
                Assert.InRange(lost.RetryIn, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            }

            // Called while there is no server, sent when there is one again.
            var waiting = bob.GetServerTimeAsync();
            await server.RestartAsync();
            Assert.False((await RealServer.StateAsync(bobEvents, ConnectionState.Connected)).Resumed);
            await RealServer.StateAsync(aliceEvents, ConnectionState.Connected);
            await waiting.Guard();
            await hers.PublishAsync("t", "after").Guard();
            Assert.Equal("after", (await messages.NextAsync()).Payload.Text);
            Assert.Equal(["again-alice"], await his.GetSubscribedUsersAsync("t"));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_client_whose_server_is_gone_ends_quickly()
    {
        var server = new RealServer();
        await server.InitializeAsync();
        var client = await server.ConnectAsync("gone");
        var events = new FeedReader<ClientEvent>(client.Events);
        var waiting = client.GetServerTimeAsync();
        await waiting;
        await server.DisposeAsync();
        await RealServer.StateAsync(events, ConnectionState.Reconnecting);
        waiting = client.GetServerTimeAsync();
        await client.DisposeAsync().AsTask().Guard();
        Assert.Equal(10002, (await Assert.ThrowsAsync<RtmException>(() => waiting.Guard())).Code);
    }
}
