using ImOrleans.ClientKit;
using ImOrleans.ClientKit.GoWire;

namespace ImOrleans.EndToEnd.Tests.GoWire;

/// <summary>What the tests of the door have in common.</summary>
internal static class GoDoor
{
    /// <summary>Signs a user in at the door.</summary>
    public static async Task<GoClient> LoginAsync(
        this ServerProcess server, string user, int? ttlSeconds = null, int presenceTimeout = 300) =>
        await GoClient.LoginAsync(
            server.GoPort, ServerFixture.AppKey, user, await server.TokenAsync(user, ttlSeconds), presenceTimeout);

    /// <summary>Joins a stream channel; the topics of its snapshot.</summary>
    public static async Task<IReadOnlyList<string>> JoinAsync(this GoClient client, string channel)
    {
        await client.DoAsync(GoUris.StreamJoin, Channel(channel));
        var snapshot = await client.NextAsync(GoUris.TopicEvent);
        Assert.Equal((1, channel), (snapshot.Number(1), snapshot.Text(2)));
        return [.. snapshot.Messages(4).Select(Topic)];
    }

    /// <summary>Enters a channel, to hear of its metadata, presence or locks: 3, 4 or 5.</summary>
    public static Task EnterAsync(this GoClient client, int type, string channel, int feed) =>
        client.DoAsync(type == 2 ? GoUris.StreamJoin : GoUris.MessageSubscribe, Channel(channel).With(feed, 1));

    /// <summary>Leaves a channel.</summary>
    public static Task LeaveAsync(this GoClient client, int type, string channel) =>
        client.DoAsync(type == 2 ? GoUris.StreamLeave : GoUris.MessageUnsubscribe, Channel(channel));

    /// <summary>Enters a channel at the hub, with all feeds.</summary>
    public static Task EnterAsync(this RtmClient client, int type, string channel) => client.DoAsync(
        type == 2 ? "JoinChannel" : "Subscribe", new { channel, withMetadata = true, withPresence = true, withLock = true });

    /// <summary>The word for a type of channel.</summary>
    public static string Word(int type) => type == 2 ? "stream" : "message";

    public static Task<GoFields> JoinTopicAsync(this GoClient client, string channel, string topic) =>
        client.DoAsync(GoUris.JoinTopic, Channel(channel).With(2, topic).With(3, 1).With(4, 2));

    public static Task<GoFields> FollowAsync(this GoClient client, string channel, string topic, params string[] users) =>
        client.DoAsync(GoUris.SubscribeTopic, Users(Channel(channel).With(2, topic), users));

    /// <summary>Publishes text in a topic; the code of the reply.</summary>
    public static Task<int> PublishAsync(this GoClient client, string channel, string topic, string text) =>
        client.CodeAsync(GoUris.StreamPublish, Channel(channel).With(2, topic).With(3, 1).With(5, text));

    /// <summary>Publishes text to a user; the code of the reply.</summary>
    public static Task<int> SendAsync(this GoClient client, string user, string text) =>
        client.CodeAsync(
            GoUris.MessagePublish, new GoFields().With(1, user).With(2, 1).With(4, text).With(5, "ct").With(6, 3));

    public static GoFields Channel(string channel) => new GoFields().With(1, channel);

    /// <summary>A topic event in short.</summary>
    public static string Describe(GoFields topicEvent) =>
        $"{topicEvent.Number(1)} {topicEvent.Text(2)} {topicEvent.Text(3)} {string.Join(";", topicEvent.Messages(4).Select(Topic))}";

    private static string Topic(GoFields entry) =>
        $"{entry.Text(1)}:{string.Join(",", entry.Messages(2).Select(publisher => publisher.Text(1)))}";

    private static GoFields Users(GoFields request, string[] users)
    {
        foreach (var user in users)
            request.With(3, user);
        return request;
    }
}
