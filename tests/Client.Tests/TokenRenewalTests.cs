using ImOrleans.Client.Tests.Fakes;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests;

public sealed class TokenRenewalTests
{
    [Fact]
    public async Task A_token_that_is_about_to_end_is_renewed()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        Warn(faked, link);
        Assert.Null((await faked.Events.NextAsync<TokenWillExpire>()).Channel);
        var renewed = await faked.Events.NextAsync<TokenRenewed>();
        Assert.Equal(1_900_000_000_000, renewed.ExpiresAt.ToUnixTimeMilliseconds());
        Assert.Equal("""RenewToken {"token":"token-2"}""", Assert.Single(link.Calls));
    }

    [Fact]
    public async Task A_renewal_that_fails_is_told_and_tried_again_a_few_times()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        faked.GiveToken = _ => throw new InvalidOperationException("app server");
        Warn(faked, link);
        foreach (var seconds in (int[])[1, 2, 4, 8])
        {
            var failed = await faked.Events.NextAsync<TokenRenewalFailed>();
            Assert.Equal(("app server", true), (failed.Error.Message, failed.WillRetry));
            await faked.Clock.PassAsync(TimeSpan.FromSeconds(seconds));
        }

        Assert.False((await faked.Events.NextAsync<TokenRenewalFailed>()).WillRetry);
        Assert.Empty(link.Calls);
    }

    [Fact]
    public async Task A_token_that_lives_shorter_than_the_warning_does_not_make_the_client_spin()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        // The server warns of each new token as soon as it is shown.
        faked.Server.Answer = call =>
        {
            Warn(faked, link, seconds: 20);
            return FakeServer.Done(call);
        };
        Warn(faked, link, seconds: 19);
        await faked.Events.NextAsync<TokenRenewed>();
        for (var i = 0; i < 3; i++)
        {
            await faked.Clock.PassAsync(TimeSpan.FromSeconds(10));
            await faked.Events.NextAsync<TokenRenewed>();
        }

        Assert.Equal(4, link.Calls.Count);
    }

    [Fact]
    public async Task A_lost_connection_ends_the_renewal_since_the_next_one_begins_with_a_fresh_token()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        faked.GiveToken = number => number == 2 ? throw new InvalidOperationException("app server") : $"token-{number}";
        Warn(faked, link);
        await faked.Events.NextAsync<TokenRenewalFailed>();
        link.Lose();
        await faked.StateAsync(ConnectionState.Reconnecting);
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await faked.StateAsync(ConnectionState.Connected);
        faked.Clock.Advance(TimeSpan.FromMinutes(1));
        var next = await faked.Server.NextLinkAsync();
        await faked.Client.GetServerTimeAsync().Guard();
        Assert.Equal(["GetServerTime"], next.Calls);
    }

    [Fact]
    public async Task The_app_can_renew_alone()
    {
        await using var faked = new FakedClient(options => options with { RenewTokens = false });
        var link = await faked.ConnectAsync();
        Warn(faked, link);
        await faked.Events.NextAsync<TokenWillExpire>();
        Assert.Equal(1, faked.Tokens);
        await faked.Client.RenewTokenAsync("mine");
        Assert.Equal("""RenewToken {"token":"mine"}""", Assert.Single(link.Calls));
    }

    [Fact]
    public async Task A_channels_token_is_renewed_by_its_own_provider_and_its_end_ends_the_channel()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        var channel = await faked.Client.JoinStreamChannelAsync("one", new() { TokenProvider = _ => new("chan") });
        var messages = (await channel.SubscribeTopicAsync("t", ["u"])).Messages;
        _ = link.Calls;
        Warn(faked, link, channel: "one");
        Assert.Equal("one", (await faked.Events.NextAsync<TokenRenewed>()).Channel);
        Assert.Equal("""RenewToken {"token":"chan","channel":"one"}""", await link.NextCallAsync());

        link.Events.OnTokenEvents([new("expired", "one", 0)]);
        Assert.Equal("one", (await faked.Events.NextAsync<TokenExpired>()).Channel);
        var ended = await Assert.ThrowsAsync<RtmException>(new FeedReader<TopicMessage>(messages).NextAsync);
        Assert.Equal(10009, ended.Code);
        Assert.Equal(ConnectionState.Connected, faked.Client.State);
        await faked.Client.JoinStreamChannelAsync("one").Guard();
    }

    private static void Warn(FakedClient faked, FakeLink link, int seconds = 30, string channel = "") =>
        link.Events.OnTokenEvents(
        [
            new("willExpire", channel, (faked.Clock.GetUtcNow() + TimeSpan.FromSeconds(seconds)).ToUnixTimeMilliseconds()),
        ]);
}
