using System.Net;
using ImOrleans.ClientKit;
using Xunit.Abstractions;

namespace ImOrleans.Deploy.Tests.Cluster;

/// <summary>
/// Two silos and a gateway, each a process of its own, on PostgreSQL: the first silo has no gateway, the second has
/// one. Real clients are on the gateway process and on the second silo.
/// </summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterTests(PostgresServer postgres, ITestOutputHelper output)
{
    private const int Channels = 8;

    [Fact]
    public async Task Clients_of_a_gateway_process_and_of_a_silo_reach_each_other()
    {
        await using var nodes = await SetUpAsync("talk");
        var silo = await nodes.StartSiloAsync(hasGateway: true);
        var gateway = await nodes.StartGatewayAsync();
        await using var alice = await ClusterNodes.ConnectAsync(gateway, "alice");
        await using var bob = await ClusterNodes.ConnectAsync(silo, "bob");
        await using var traffic = await TopicTraffic.StartAsync("talk", gateway, silo);

        await alice.DoAsync("Publish", UserMessage("bob", "to bob"));
        await bob.DoAsync("Publish", UserMessage("alice", "to alice"));
        await traffic.GoOnForAsync(20);

        Assert.Equal("to bob", (await bob.Messages.NextAsync()).GetProperty("payload").GetString());
        Assert.Equal("to alice", (await alice.Messages.NextAsync()).GetProperty("payload").GetString());
        traffic.AssertInOrderAndOnce();
    }

    /// <summary>SIGTERM: the grains of the silo say that they go, and come back on the other one.</summary>
    [Fact]
    public async Task Traffic_goes_on_when_a_silo_is_stopped_in_order()
    {
        await using var nodes = await SetUpAsync("stopped");
        var leaving = await nodes.StartSiloAsync(hasGateway: false);
        var staying = await nodes.StartSiloAsync(hasGateway: true);
        var gateway = await nodes.StartGatewayAsync();

        await GoesOnAsync(gateway, staying, leaving.StopAsync);

        // It left, instead of being found dead: the only voice against it is its own.
        const string members = "SELECT count(*)::int FROM OrleansMembershipTable WHERE ";
        Assert.Equal(1, await postgres.ScalarAsync("stopped", members + "Status = 3"));
        Assert.Equal(
            1,
            await postgres.ScalarAsync(
                "stopped", members + "Status = 6 AND SuspectTimes LIKE Address || ':' || Port || '@%'"));
    }

    /// <summary>SIGKILL: the other silo finds it dead by its missing answers, and the gateways hear of it.</summary>
    [Fact]
    public async Task Traffic_goes_on_when_a_silo_is_killed()
    {
        await using var nodes = await SetUpAsync("killed");
        var doomed = await nodes.StartSiloAsync(hasGateway: false);
        var surviving = await nodes.StartSiloAsync(hasGateway: true);
        var gateway = await nodes.StartGatewayAsync();

        await GoesOnAsync(gateway, surviving, () =>
        {
            doomed.Kill();
            return Task.CompletedTask;
        });

        Assert.Contains("has left", gateway.Output, StringComparison.Ordinal);
        Assert.Contains("has left", surviving.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_that_are_kept_lie_in_the_database_and_are_found_at_every_gateway()
    {
        await using var nodes = await SetUpAsync("history");
        var silo = await nodes.StartSiloAsync(hasGateway: true);
        await nodes.StartSiloAsync(hasGateway: false);
        var gateway = await nodes.StartGatewayAsync();
        await using var client = await ClusterNodes.ConnectAsync(gateway, "client");
        await using var other = await ClusterNodes.ConnectAsync(silo, "other");

        // As many channels, so that some of their grains are on either silo.
        for (var i = 0; i < 20; i++)
            await client.DoAsync("Publish", new
            {
                channel = $"kept{i}", channelType = "message", messageType = "string", payload = $"{i}", storeInHistory = true,
            });

        Assert.Equal(20L, await postgres.ScalarAsync("history", "SELECT count(*) FROM imorleans_channel_message"));
        for (var i = 0; i < 20; i++)
        {
            var page = await other.DoAsync("GetChannelMessages", new { channel = $"kept{i}", channelType = "message" });
            Assert.Equal($"{i}", Assert.Single(page.GetProperty("messages").EnumerateArray()).GetProperty("payload").GetString());
        }
    }

    [Fact]
    public async Task A_gateway_process_tells_its_clients_to_come_back_before_it_goes_and_leaves_the_silo_alone()
    {
        await using var nodes = await SetUpAsync("drained");
        var silo = await nodes.StartSiloAsync(hasGateway: true);
        var gateway = await nodes.StartGatewayAsync();
        await using var client = await ClusterNodes.ConnectAsync(gateway, "client");
        await using var other = await ClusterNodes.ConnectAsync(silo, "other");

        await gateway.StopAsync();

        var told = await client.ConnectionEvents.NextAsync();
        Assert.Equal(3001, told.GetProperty("closeCode").GetInt32());
        await client.Closed;
        // Its lease was given back, so that its users are gone at once and not after 30 s.
        Assert.Equal(11033, await other.CodeAsync("Publish", UserMessage("client", "hello")));
    }

    /// <summary>
    /// Nobody is left to declare them dead, and a silo that joins must reach all: the first one ends when it has waited
    /// for long enough, and the one that is started then takes them out.
    /// </summary>
    [Fact]
    public async Task A_cluster_comes_back_after_all_of_its_silos_were_killed_at_once()
    {
        await using var nodes = await SetUpAsync("cold");
        var doomed = new[] { await nodes.StartSiloAsync(hasGateway: false), await nodes.StartSiloAsync(hasGateway: false) };
        foreach (var silo in doomed)
            silo.Kill();

        ServerProcess? back = null;
        for (var starts = 1; back is null; starts++)
            try
            {
                back = await nodes.StartSiloAsync(hasGateway: true);
                output.WriteLine($"Start {starts} went through.");
            }
            catch (InvalidOperationException ended) when (starts < 3)
            {
                Assert.Contains("cannot start: ", ended.Message, StringComparison.Ordinal);
            }

        await using var traffic = await TopicTraffic.StartAsync("cold", back, back);
        await traffic.GoOnForAsync(20);
        traffic.AssertInOrderAndOnce();
    }

    /// <summary>
    /// The database is needed to join and to leave, not to work; and a silo that cannot write that it leaves ends all
    /// the same.
    /// </summary>
    [Fact]
    public async Task Traffic_goes_on_while_the_database_is_away_and_silos_can_be_stopped()
    {
        var database = new PostgresServer();
        await database.InitializeAsync();
        var connectionString = await database.CreateDatabaseAsync("away");
        await database.ApplySchemaAsync("away");
        await using var nodes = ClusterNodes.OnPostgreSql(connectionString);
        var silo = await nodes.StartSiloAsync(hasGateway: true);
        var other = await nodes.StartSiloAsync(hasGateway: false);
        var gateway = await nodes.StartGatewayAsync();
        await using var before = await TopicTraffic.StartAsync("before", gateway, silo);
        await before.GoOnForAsync(20);

        await database.DisposeAsync();

        await before.GoOnForAsync(100);
        await using var during = await TopicTraffic.StartAsync("during", gateway, silo);
        await during.GoOnForAsync(100);
        before.AssertInOrderAndOnce();
        during.AssertInOrderAndOnce();
        await Task.WhenAll(other.StopAsync(), silo.StopAsync(), gateway.StopAsync());
    }

    [Fact]
    public async Task Silos_and_gateways_of_one_machine_need_no_database()
    {
        await using var nodes = ClusterNodes.OnLocalhost();
        var silo = await nodes.StartSiloAsync(hasGateway: true);
        await nodes.StartSiloAsync(hasGateway: false);
        var gateway = await nodes.StartGatewayAsync();
        await using var traffic = await TopicTraffic.StartAsync("local", gateway, silo);

        await traffic.GoOnForAsync(50);

        traffic.AssertInOrderAndOnce();
    }

    [Fact]
    public async Task A_gateway_process_waits_for_the_first_silo()
    {
        await using var nodes = await SetUpAsync("early");
        var starting = nodes.StartGatewayAsync();
        await nodes.StartSiloAsync(hasGateway: false);

        var gateway = await starting;

        await using var client = await ClusterNodes.ConnectAsync(gateway, "client");
        await client.DoAsync("JoinChannel", new { channel = "early" });
    }

    [Fact]
    public async Task A_silo_without_a_gateway_serves_its_health_and_nothing_else()
    {
        await using var nodes = await SetUpAsync("health");
        var silo = await nodes.StartSiloAsync(hasGateway: false);
        using var http = new HttpClient { BaseAddress = silo.Address };

        Assert.Equal("alive", await http.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
        Assert.Equal("ready", await http.GetStringAsync(new Uri("/readyz", UriKind.Relative)));
        using var hub = await http.GetAsync(new Uri("/rtm", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, hub.StatusCode);
    }

    [Fact]
    public async Task A_database_without_tables_ends_the_start_with_a_line_that_says_so()
    {
        await postgres.ApplySchemaAsync("postgres"); // Makes the servers' user.
        await using var nodes = ClusterNodes.OnPostgreSql(await postgres.CreateDatabaseAsync("empty"));

        foreach (var start in (Func<Task>[])[() => nodes.StartSiloAsync(hasGateway: false), nodes.StartGatewayAsync])
        {
            var ended = await Assert.ThrowsAsync<InvalidOperationException>(start);
            Assert.Contains(
                "cannot start: Cluster:ConnectionString: the database lacks the tables of Orleans; apply deploy/k8s/sql",
                ended.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_ends_the_start_with_a_line_that_says_so()
    {
        await using var nodes = ClusterNodes.OnPostgreSql(
            $"Host=127.0.0.1;Port={FreePort.Next()};Database=x;Username=x;Password=hunter2");

        var ended = await Assert.ThrowsAsync<InvalidOperationException>(() => nodes.StartSiloAsync(hasGateway: false));

        Assert.Contains(
            "cannot start: Cluster:ConnectionString: the database cannot be used.", ended.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tables_are_made_once_and_left_alone_afterwards()
    {
        await postgres.CreateDatabaseAsync("twice");
        Assert.Contains("were made", await postgres.ApplySchemaAsync("twice"), StringComparison.Ordinal);
        Assert.Contains("there already", await postgres.ApplySchemaAsync("twice"), StringComparison.Ordinal);
    }

    private static object UserMessage(string user, string payload) =>
        new { channel = user, channelType = "user", messageType = "string", payload };

    private async Task<ClusterNodes> SetUpAsync(string database)
    {
        var nodes = ClusterNodes.OnPostgreSql(await postgres.CreateDatabaseAsync(database));
        await postgres.ApplySchemaAsync(database);
        return nodes;
    }

    private async Task GoesOnAsync(ServerProcess near, ServerProcess far, Func<Task> loseASilo)
    {
        var topics = new List<TopicTraffic>();
        for (var i = 0; i < Channels; i++)
            topics.Add(await TopicTraffic.StartAsync($"c{i}", near, far));
        await Task.WhenAll(topics.Select(topic => topic.GoOnForAsync(20)));
        output.WriteLine($"Before: no message later than {topics.Max(topic => topic.LongestGap)}.");

        var running = topics.Select(topic => topic.GoOnForAsync(100)).ToList();
        await loseASilo();
        await Task.WhenAll(running);
        // Once more from the start, when everything has found its new place.
        await Task.WhenAll(topics.Select(topic => topic.GoOnForAsync(20)));

        output.WriteLine(
            $"After: no message later than {topics.Max(topic => topic.LongestGap)}, "
            + $"{topics.Max(topic => topic.Lost)} lost at most by a subscriber.");
        foreach (var topic in topics)
        {
            topic.AssertInOrderAndOnce();
            await topic.DisposeAsync();
        }
    }
}
