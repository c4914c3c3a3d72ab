using System.Globalization;
using ImOrleans.Client.Tests.Fakes;
using ImOrleans.ClientKit;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests.Server;

/// <summary>The client over a network that breaks, against a real server.</summary>
public sealed class ResumeTests(RealServer server) : IClassFixture<RealServer>
{
    [Fact]
    public async Task Over_connections_that_are_cut_again_and_again_nothing_is_missed_or_comes_twice()
    {
        await using var proxy = new CuttableProxy(server.Address);
        await using var alice = await server.ConnectAsync("cut-alice");
        await using var bob = await server.ConnectAsync(
            "cut-bob", change: options => options with { Server = proxy.Address });
        // With presence: each kind of event counts once.
        var (hers, his) = (
            await alice.JoinStreamChannelAsync("cut"),
            await bob.JoinStreamChannelAsync("cut", new() { WithPresence = true }));
        await hers.JoinTopicAsync("t");
        var messages = new FeedReader<TopicMessage>((await his.SubscribeTopicAsync("t", ["cut-alice"])).Messages);
        var events = new FeedReader<ClientEvent>(bob.Events);
        await RealServer.StateAsync(events, ConnectionState.Connected);
        var sent = 0;
        for (var life = 0; life < 4; life++)
        {
            for (var i = 0; i < 100; i++)
            {
                await hers.PublishAsync("t", (++sent).ToString(CultureInfo.InvariantCulture)).Guard();
                if (i == 50)
                    proxy.Cut();
            }

            Assert.True((await RealServer.StateAsync(events, ConnectionState.Connected)).Resumed);
        }

        for (var expected = 1; expected <= sent; expected++)
            Assert.Equal(expected.ToString(CultureInfo.InvariantCulture), (await messages.NextAsync()).Payload.Text);
        await hers.PublishAsync("t", "last").Guard();
        Assert.Equal("last", (await messages.NextAsync()).Payload.Text);
        Assert.Equal(["cut-alice"], await his.GetSubscribedUsersAsync("t").Guard());
    }
}
