using ImOrleans.ClientKit;
using ImOrleans.ClientKit.GoWire;

namespace ImOrleans.EndToEnd.Tests.GoWire;

/// <summary>The door's bounds and its end, each with a server of its own.</summary>
public sealed class GoBoundsTests
{
    [Fact]
    public async Task Without_the_setting_there_is_no_door()
    {
        await using var server = await ServerProcess.StartAsync(ServerFixture.ServerDll);
        Assert.DoesNotContain("RTM2 Go SDK", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_start()
    {
        await using var server = await StartAsync();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync("--GoWire:Listen", $"127.0.0.1:{server.GoPort}"));
        Assert.Contains("cannot be listened on", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_connection_that_fits_is_served_and_the_next_is_cut_off()
    {
        await using var server = await StartAsync("--GoWire:ConnectionsMax", "2");
        await using var first = await server.LoginAsync("first");
        await using (var second = await server.LoginAsync("second", presenceTimeout: 1))
        {
            await using var third = await GoClient.ConnectAsync(server.GoPort);
            await third.Closed;
            await first.JoinAsync("bound");
            await second.JoinAsync("bound");
            await second.JoinTopicAsync("bound", "t");
            await first.NextAsync(GoUris.TopicEvent);
        }

        // Told by the event of its leave, after the shortest presence time-out there is, its place has been free for long.
        await first.NextAsync(GoUris.TopicEvent);
        for (var isServed = false; !isServed;)
        {
            await using var next = await GoClient.ConnectAsync(server.GoPort);
            isServed = await IsServedAsync(next);
        }
    }

    [Fact]
    public async Task A_connection_that_does_not_sign_in_in_time_is_closed()
    {
        await using var server = await StartAsync("--GoWire:LoginTimeout", "00:00:01");
        await using var silent = await GoClient.ConnectAsync(server.GoPort);
        await using var user = await server.LoginAsync("in-time");
        await silent.Closed;
        await user.JoinAsync("in-time");
    }

    [Fact]
    public async Task A_stop_is_told_as_failed_before_the_connection_ends()
    {
        await using var server = await StartAsync();
        await using var client = await server.LoginAsync("stopped");
        var stopping = server.StopAsync();
        Assert.Equal(5, (await client.NextAsync(GoUris.ConnectionState)).Number(1));
        await client.Closed;
        await stopping;
    }

    /// <summary>A client that never reads loses messages and then its connection, and holds up nobody.</summary>
    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off_and_the_others_are_served()
    {
        await using var server = await StartAsync(
            "--Outbox:StallMax", "00:00:01", "--RateLimits:TopicMessagesPerSecond", "0");
        await using var publisher = await server.LoginAsync("fast");
        await publisher.JoinAsync("slow");
        await publisher.JoinTopicAsync("slow", "t");
        await publisher.NextAsync(GoUris.TopicEvent);
        await using var reader = await server.LoginAsync("reader");
        await reader.JoinAsync("slow");
        await reader.FollowAsync("slow", "t", "fast");

        await using var stalled = await GoClient.ConnectAsync(server.GoPort, receives: false);
        var login = new GoFields().With(1, ServerFixture.AppKey).With(2, "stalled")
            .With(4, 5) // Its presence time-out, seconds: others see it leave after that.
            .With(5, await server.TokenAsync("stalled"));
        stalled.Send(GoClient.Frame(1, GoUris.Login, login.ToBytes()));
        stalled.Send(GoClient.Frame(2, GoUris.StreamJoin, GoDoor.Channel("slow").ToBytes()));
        stalled.Send(GoClient.Frame(3, GoUris.JoinTopic, GoDoor.Channel("slow").With(2, "mark").ToBytes()));
        Assert.Equal("2 slow stalled mark:stalled", GoDoor.Describe(await reader.NextAsync(GoUris.TopicEvent)));
        var follow = GoDoor.Channel("slow").With(2, "t").With(3, "fast");
        stalled.Send(GoClient.Frame(4, GoUris.SubscribeTopic, follow.ToBytes()));

        // Until its outbox is found stalled, the one who reads gets everything; then the other is gone.
        var payload = new string('x', 1000);
        var sent = 0;
        while (reader.CountOf(GoUris.TopicEvent) == 0)
        {
            var batch = Enumerable.Range(0, 50).Select(_ => publisher.PublishAsync("slow", "t", payload)).ToList();
            Assert.All(await Task.WhenAll(batch), code => Assert.Equal(0, code));
            sent += batch.Count;
        }

        Assert.Equal("3 slow stalled mark:stalled", GoDoor.Describe(await reader.NextAsync(GoUris.TopicEvent)));
        for (; sent > 0; sent--)
            Assert.Equal(1000, (await reader.NextAsync(GoUris.StreamEvent)).Bytes(4).Length);
    }

    /// <summary>The SDK's logout leaves every channel in turn, and gives up none that is refused.</summary>
    [Fact]
    public async Task Taking_leave_costs_no_call_unless_there_is_nothing_to_leave()
    {
        await using var server = await StartAsync("--RateLimits:CallsPerSecond", "10");
        await using var client = await server.LoginAsync("leaver");
        var joined = 0;
        while (joined < 25)
            if (await client.CodeAsync(GoUris.StreamJoin, GoDoor.Channel($"leave{joined}")) == 0)
                joined++;
        var leaves = Enumerable.Range(0, joined).Select(i => client.CodeAsync(GoUris.StreamLeave, GoDoor.Channel($"leave{i}")));
        Assert.All(await Task.WhenAll(leaves), code => Assert.Equal(0, code));

        var again = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => client.CodeAsync(GoUris.StreamLeave, GoDoor.Channel("leave0"))));
        Assert.All(again, code => Assert.Contains(code, (int[])[11001, 10021]));
        Assert.Contains(10021, again);
    }

    /// <summary>Nobody can make the server keep answers without end.</summary>
    [Fact]
    public async Task A_client_that_asks_and_never_reads_the_answers_is_cut_off()
    {
        await using var server = await StartAsync("--Outbox:StallMax", "00:00:01");
        await using var client = await GoClient.ConnectAsync(server.GoPort, receives: false);
        var login = new GoFields().With(1, ServerFixture.AppKey).With(2, "asker").With(5, await server.TokenAsync("asker"));
        client.Send(GoClient.Frame(1, GoUris.Login, login.ToBytes()));
        client.Send(GoClient.Frame(2, GoUris.StreamJoin, GoDoor.Channel("asked").ToBytes()));
        var follow = Enumerable.Range(0, 64).Aggregate(
            GoDoor.Channel("asked").With(2, "t"), (request, i) => request.With(3, $"{i:D64}"));
        var frame = GoClient.Frame(3, GoUris.SubscribeTopic, follow.ToBytes());
        // Each is answered with four kilobytes, until even writing is stopped, and then ended.
        await Assert.ThrowsAsync<IOException>(() => Task.Run(() =>
        {
            while (true)
                client.Send(frame);
        })).WaitAsync(RtmClient.Patience);
    }

    private static async Task<bool> IsServedAsync(GoClient client)
    {
        try
        {
            return await client.CodeAsync(GoUris.SetParameters, new GoFields()) == 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Task<ServerProcess> StartAsync(params string[] arguments) => ServerProcess.StartAsync(
        ServerFixture.ServerDll,
        arguments:
        [
            "--App:Key", ServerFixture.AppKey, "--App:Secret", ServerFixture.Secret,
            .. arguments.Contains("--RateLimits:CallsPerSecond") ? [] : (string[])["--RateLimits:CallsPerSecond", "0"],
            .. arguments.Contains("--GoWire:Listen") ? [] : (string[])["--GoWire:Listen", "127.0.0.1:0"], .. arguments,
        ]);
}
