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
