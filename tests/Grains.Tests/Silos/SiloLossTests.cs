using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Silos;

/// <summary>Two silos, one of which is lost; the gateways state what they had, and go on.</summary>
public sealed class SiloLossTests() : GrainTest(silos: 2)
{
    [Fact]
    public void After_a_silo_was_killed_gateways_register_anew_and_publishing_goes_on()
    {
        Connect(One, "ann", 1);
        Connect(Two, "bob", 1);
        JoinChannel(One, "ann", 1);
        JoinChannel(Two, "bob", 1);
        var topic = Accepted(JoinTopic(One, 1));
        Accepted(Subscribe(Two, 1, "news", "ann"));
        Accepted(Publish(One, 1, topic.Epoch, "one"));

        SiloAt(topic.Silo).Kill();

        Refused(ErrorCode.RouteStale, Publish(One, 1, topic.Epoch, "lost"));
        RegisterAll();
        var again = Accepted(Do(() => Topic().RegisterAsync(new(
            One.Route(), [new(One.Session(1), new("ann"), Role())], []))));
        Assert.NotEqual(topic.Epoch, again.Epoch);
        Accepted(Publish(One, 1, again.Epoch, "two"));
        Assert.Equal([topic.Epoch, again.Epoch], Two.Batches
            .Where(batch => batch.Items.Any(item => item is TopicMessage)).Select(batch => batch.Epoch));
        Assert.Equal(2, Two.Received<TopicMessage>().Length);
        Accepted(Do(() => User("bob").SendAsync(new(new("ann"), Text("still there?")))));
    }

    [Fact]
    public void Members_of_a_room_whose_silo_was_killed_get_one_snapshot_that_holds_what_all_gateways_stated()
    {
        Join(One, "ann", 1);
        var joined = Accepted(Join(Two, "bob", 1));
        JoinTopic(One, 1);
        JoinTopic(Two, 1);
        One.Batches.Clear();

        SiloAt(joined.Stamp.Silo).Kill();
        Refused(ErrorCode.RouteStale, Do(() => Room().JoinTopicAsync(new(
            One.Route(joined.Stamp.Epoch), One.Route(), One.Session(1), new("sports"), Role()))));
        Register(One, "ann");
        Register(Two, "bob");
        Advance(TimeSpan.FromSeconds(15));

        var snapshot = Assert.Single(One.Received<TopicSnapshot>());
        Assert.Equal(["ann", "bob"], Assert.Single(snapshot.Topics).Users.Select(user => user.Value));
        Assert.Empty(One.Received<TopicEvent>());
    }

    [Fact]
    public void A_silo_that_stops_in_order_tells_the_gateways_first()
    {
        var joined = Accepted(Join(One, "ann", 1));
        var stop = Begin(async () =>
        {
            await SiloAt(joined.Stamp.Silo).StopAsync();
            return true;
        });
        Advance(TimeSpan.FromSeconds(2));

        Assert.True(Finish(stop));
        Assert.Single(One.Received<RouteClosing>());
        Assert.Equal(joined.Stamp.Epoch, One.Batches[^1].Epoch);
    }

    private void RegisterAll()
    {
        foreach (var (gateway, user) in new[] { (One, "ann"), (Two, "bob") })
        {
            Accepted(Do(() => User(user).RegisterAsync(new(gateway.Route(), [
                new(gateway.Session(1), new("phone"), Clock.GetUtcNow() + TimeSpan.FromHours(1), [new("lobby")])]))));
            Register(gateway, user);
        }

        Accepted(Do(() => Topic().RegisterAsync(new(Two.Route(), [], [new(Two.Session(1), [new("ann")])]))));
    }

    private void Register(FakeGateway gateway, string user) =>
        Accepted(Do(() => Room().RegisterAsync(new(
            gateway.Route(), [new(gateway.Session(1), new(user), null, [new("news")], [])]))));
}
