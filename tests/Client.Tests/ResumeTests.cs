using ImOrleans.Client.Connections;
using ImOrleans.Client.Tests.Fakes;
using ImOrleans.Client.Wire;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests;

/// <summary>What the client shows when it comes back, and what it makes of the answer.</summary>
public sealed class ResumeTests
{
    private static readonly WireConnectionEvent First = new(3, 10001, "Connected.", Session: "key");
    private static readonly WireConnectionEvent Again = First with { Resumed = true };

    [Fact]
    public async Task It_shows_the_key_and_how_many_events_have_come()
    {
        await using var faked = Faked();
        var link = await faked.ConnectAsync();
        Assert.Equal(SessionTicket.New, link.Ticket);
        Tell(link, 3);
        link.Events.OnConnectionEvents([new(3, 0, "Slow.", Dropped: 2)]);
        link.Events.OnOtherEvents(2);
        link = await ReconnectAsync(faked, link, Again);
        Assert.Equal(new("key", 6), link.Ticket);
        Assert.True((await faked.StateAsync(ConnectionState.Connected)).Resumed);
    }

    /// <summary>It is no end of the connection, and one of the events that are counted.</summary>
    [Fact]
    public async Task The_state_of_a_channel_is_an_event_and_counts()
    {
        await using var faked = Faked();
        var link = await faked.ConnectAsync();
        link.Events.OnConnectionEvents([new(3, 1, "Joined.", Channel: "lobby"), new(5, 9, "Over.", Channel: "lobby")]);
        foreach (var expected in (ChannelStateChanged[])
            [new("lobby", ConnectionState.Connected, ConnectionReasons.JoinSuccess, "Joined."),
                new("lobby", ConnectionState.Failed, ConnectionReasons.TokenExpired, "Over.")])
            Assert.Equal(expected, await faked.Events.NextAsync<ChannelStateChanged>());
        link = await ReconnectAsync(faked, link, Again);
        Assert.Equal(new("key", 2), link.Ticket);
    }

    [Fact]
    public async Task A_connection_that_was_cut_off_for_slowness_is_known_once_the_next_one_is_there()
    {
        await using var faked = Faked();
        var link = await faked.ConnectAsync();
        await ReconnectAsync(faked, link, First with { PreviousCloseCode = 3008, Dropped = 7 });
        Assert.Equal(7, (await faked.Events.NextAsync<ServerDroppedMessages>()).Count);
        Assert.Equal(3008, (await faked.StateAsync(ConnectionState.Connected)).PreviousCloseCode);
    }

    [Fact]
    public async Task The_count_goes_on_when_resumed_and_begins_anew_when_not()
    {
        await using var faked = Faked();
        var link = await faked.ConnectAsync();
        Tell(link, 3);
        link = await ReconnectAsync(faked, link, Again);
        Tell(link, 4);
        link = await ReconnectAsync(faked, link, First with { Session = "other" });
        Assert.Equal(new("key", 7), link.Ticket);
        Tell(link, 2);
        link = await ReconnectAsync(faked, link, Again);
        Assert.Equal(new("other", 2), link.Ticket);
    }

    [Fact]
    public async Task A_resumed_session_is_not_asked_for_again_and_a_new_one_is()
    {
        await using var faked = Faked();
        var link = await faked.ConnectAsync();
        await faked.Client.JoinStreamChannelAsync("lobby").Guard();
        Assert.StartsWith("JoinChannel", await link.NextCallAsync(), StringComparison.Ordinal);
        link = await ReconnectAsync(faked, link, Again);
        await faked.StateAsync(ConnectionState.Connected);
        Assert.Empty(link.Calls);
        link = await ReconnectAsync(faked, link, First);
        Assert.StartsWith("JoinChannel", await link.NextCallAsync(), StringComparison.Ordinal);
    }

    /// <summary>What waited at the lost part of the server is gone; message channels may have kept theirs.</summary>
    [Fact]
    public async Task Of_a_session_that_was_lost_only_message_channels_are_asked_for_what_they_have_kept()
    {
        await using var faked = Faked();
        var link = await faked.ConnectAsync();
        await faked.Client.JoinStreamChannelAsync("lobby").Guard();
        await link.NextCallAsync();
        await faked.Client.SubscribeChannelAsync("news").Guard();
        await link.NextCallAsync();
        link = await ReconnectAsync(faked, link, Again with { Lost = true });
        var again = await link.NextCallAsync();
        Assert.StartsWith("Subscribe ", again, StringComparison.Ordinal);
        Assert.Contains("""{"offset":0,"epoch":"e1"}""", again, StringComparison.Ordinal);
        var told = await faked.StateAsync(ConnectionState.Connected);
        Assert.Equal((true, true), (told.Resumed, told.Lost));
        Assert.Empty(link.Calls);
    }

    [Theory]
    [InlineData("JoinChannel", true)]
    [InlineData("Publish", false)]
    public async Task After_a_call_whose_effect_is_unknown_it_begins_anew(string method, bool isNew)
    {
        await using var faked = Faked();
        var link = await faked.ConnectAsync();
        var answer = new TaskCompletionSource<WireReply>();
        faked.Server.Answer = _ => answer.Task;
        Task call = method == "JoinChannel"
            ? faked.Client.JoinStreamChannelAsync("lobby")
            : faked.Client.PublishToUserAsync("bob", "hi");
        await link.NextCallAsync();
        faked.Server.Answer = FakeServer.Done;
        link = await ReconnectAsync(faked, link, Again);
        Assert.True((await Assert.ThrowsAsync<RtmException>(() => call.Guard())).OutcomeUnknown);
        Assert.Equal(isNew, link.Ticket == SessionTicket.New);
    }

    [Fact]
    public async Task A_session_that_was_half_restored_is_not_come_back_to()
    {
        await using var faked = Faked();
        var link = await faked.ConnectAsync();
        await faked.Client.JoinStreamChannelAsync("lobby").Guard();
        var answer = new TaskCompletionSource<WireReply>();
        faked.Server.Answer = _ => answer.Task;
        link = await ReconnectAsync(faked, link, First);
        await link.NextCallAsync();
        faked.Server.Answer = FakeServer.Done;
        link = await ReconnectAsync(faked, link, First, 2);
        Assert.Equal(SessionTicket.New, link.Ticket);
    }

    [Fact]
    public async Task After_a_channels_token_was_warned_of_it_begins_anew_with_fresh_ones()
    {
        await using var faked = Faked();
        var link = await faked.ConnectAsync();
        link.Events.OnTokenEvents([new("willExpire", "lobby", 1_900_000_000_000)]);
        link = await ReconnectAsync(faked, link, First);
        Assert.Equal(SessionTicket.New, link.Ticket);
    }

    [Fact]
    public async Task After_a_logout_it_begins_anew()
    {
        await using var faked = Faked();
        await faked.ConnectAsync();
        await faked.Client.DisconnectAsync().Guard();
        var link = await faked.ConnectAsync();
        Assert.Equal(SessionTicket.New, link.Ticket);
    }

    [Fact]
    public async Task It_confirms_every_32_events_and_64_KiB()
    {
        await using var faked = Faked();
        var link = await faked.ConnectAsync();
        Tell(link, 31);
        Assert.Empty(link.Calls);
        Tell(link, 1);
        Assert.Equal("""AckEvents {"received":32}""", Assert.Single(link.Calls));
        link.Events.OnMessages([Message(new('x', (64 * 1024) - 1))]);
        Assert.Empty(link.Calls);
        link.Events.OnMessages([Message("x")]);
        Assert.Equal("""AckEvents {"received":34}""", Assert.Single(link.Calls));
    }

    [Fact]
    public async Task A_server_that_keeps_no_sessions_is_shown_and_confirmed_nothing()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        Tell(link, 40);
        Assert.Empty(link.Calls);
        link = await ReconnectAsync(faked, link, faked.Server.Login);
        Assert.Equal(SessionTicket.New, link.Ticket);
    }

    [Theory]
    [InlineData(4.9)]
    [InlineData(300.1)]
    public void A_presence_timeout_beyond_its_bounds_is_refused(double seconds) => Assert.Throws<ArgumentException>(
        () => new FakedClient(options => options with { PresenceTimeout = TimeSpan.FromSeconds(seconds) }));

    [Fact]
    public void The_address_names_the_session_and_the_timeout()
    {
        var options = new RtmClientOptions
        {
            Server = new("http://host"), TokenProvider = _ => new(""), PresenceTimeout = TimeSpan.FromSeconds(20),
        };
        var hub = SignalRLinkFactory.HubAddress(options);
        Assert.Equal("?presenceTimeout=20&session=", SignalRLinkFactory.SessionAddress(hub, SessionTicket.New).Query);
        Assert.Equal(
            "?presenceTimeout=20&session=key&received=7", SignalRLinkFactory.SessionAddress(hub, new("key", 7)).Query);
    }

    private static FakedClient Faked()
    {
        var faked = new FakedClient();
        faked.Server.Login = First;
        return faked;
    }

    private static void Tell(FakeLink link, int messages)
    {
        for (var i = 0; i < messages; i++)
            link.Events.OnMessages([Message($"{i}")]);
    }

    private static WireMessage Message(string payload) =>
        new("me", "user", null, "bob", "string", payload, null, 1_900_000_000_000, null);

    private static async Task<FakeLink> ReconnectAsync(
        FakedClient faked, FakeLink link, WireConnectionEvent login, int attempt = 1)
    {
        faked.Server.Login = login;
        link.Lose();
        var waiting = await faked.Events.NextAsync<ConnectionStateChanged>(
            change => change.State == ConnectionState.Reconnecting && change.Attempt == attempt);
        await faked.Clock.PassAsync(waiting.RetryIn);
        return await faked.Server.NextLinkAsync();
    }
}
