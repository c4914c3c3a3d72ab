using ImOrleans.Bench.Load;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>Fills a room with clients.</summary>
internal static class Room
{
    /// <summary>The bytes of a message unless a scenario says otherwise.</summary>
    public const int PayloadBytes = 128;

    /// <summary>The room's name.</summary>
    public const string Name = "lobby";

    private const string Publisher = "publisher";

    /// <summary>A publisher who does not listen, and a number of listeners.</summary>
    public static PublishLoad Fill(Crowd crowd, ServerProcess server, int listeners, int payloadBytes = PayloadBytes)
    {
        var tally = new Tally();
        var setup = server.Flavor.ToPublish(Name, Publisher);
        var publisher = crowd.Connect(1, _ => Client(server, Publisher, setup, isCaller: true, tally))[0];
        var receivers = crowd.Connect(listeners, i => Listener(server, $"user{i}", tally));
        crowd.Settle(server);
        return new(crowd, server, publisher, receivers, tally, server.Flavor.Publish(Name, payloadBytes));
    }

    /// <summary>A publisher who listens too, and one other.</summary>
    public static PublishLoad FillWithTwo(Crowd crowd, ServerProcess server)
    {
        var tally = new Tally();
        var setup = server.Flavor.ToPublishAndListen(Name, Publisher);
        var publisher = crowd.Connect(1, _ => Client(server, Publisher, setup, isCaller: true, tally))[0];
        var other = crowd.Connect(1, _ => Listener(server, "other", tally))[0];
        crowd.Settle(server);
        return new(crowd, server, publisher, [publisher, other], tally, server.Flavor.Publish(Name, PayloadBytes));
    }

    /// <summary>Somebody who hears the publisher.</summary>
    public static HubClient Listener(ServerProcess server, string user, Tally tally, int receiveBufferBytes = 0) =>
        Client(server, user, server.Flavor.ToListen(Name, Publisher), isCaller: false, tally, receiveBufferBytes);

    /// <summary>Somebody.</summary>
    public static HubClient Client(
        ServerProcess server, string user, IReadOnlyList<string> setup, bool isCaller, Tally tally,
        int receiveBufferBytes = 0) =>
        new(server.Address, server.Flavor.PathFor(user), setup, isCaller, tally, receiveBufferBytes);
}
