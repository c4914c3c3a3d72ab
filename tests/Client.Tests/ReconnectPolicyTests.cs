namespace ImOrleans.Client.Tests;

public sealed class ReconnectPolicyTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 8)]
    [InlineData(6, 64)]
    [InlineData(7, 120)]
    [InlineData(1000, 120)]
    public void A_wait_is_anywhere_between_zero_and_a_bound_that_doubles(int attempt, int boundSeconds)
    {
        var policy = new ReconnectPolicy();
        Assert.Equal(TimeSpan.Zero, policy.DelayBefore(attempt, 0));
        Assert.Equal(TimeSpan.FromSeconds(boundSeconds) / 2, policy.DelayBefore(attempt, 0.5));
        Assert.InRange(
            policy.DelayBefore(attempt, 0.999_999),
            TimeSpan.FromSeconds(boundSeconds * 0.999),
            TimeSpan.FromSeconds(boundSeconds));
    }

    [Fact]
    public void An_option_out_of_its_range_is_refused_when_the_client_is_made()
    {
        var good = new RtmClientOptions { Server = new("https://im.example"), TokenProvider = _ => new("") };
        RtmClientOptions[] bad =
        [
            good with { Server = new("ftp://im.example") },
            good with { Server = new("/rtm", UriKind.Relative) },
            good with { Device = "" },
            good with { Device = new string('é', 33) },
            good with { ConnectTimeout = TimeSpan.Zero },
            good with { SendTimeout = TimeSpan.FromTicks(-1) },
            good with { AnswerTimeout = TimeSpan.Zero },
            good with { PendingCallsMax = 0 },
            good with { FeedItemsMax = 0 },
            good with { Reconnect = new() { DelayBase = TimeSpan.Zero } },
            good with { Reconnect = new() { DelayMax = TimeSpan.FromSeconds(1) } },
            good with { Reconnect = new() { AttemptsMax = -1 } },
        ];
        Assert.All(bad, options => Assert.ThrowsAny<ArgumentException>(() => new RtmClient(options)));
    }

    [Theory]
    [InlineData("http://h:5080", null, "ws://h:5080/rtm")]
    [InlineData("https://h", "my phone", "wss://h/rtm?device=my%20phone")]
    [InlineData("wss://h/chat/rtm?x=1", "p", "wss://h/chat/rtm?x=1&device=p")]
    public void The_hub_is_at_rtm_unless_the_address_says_otherwise(string server, string? device, string hub)
    {
        var options = new RtmClientOptions { Server = new(server), Device = device, TokenProvider = _ => new("") };
        Assert.Equal(new Uri(hub), Connections.SignalRLinkFactory.HubAddress(options));
    }
}
