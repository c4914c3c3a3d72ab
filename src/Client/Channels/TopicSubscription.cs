namespace ImOrleans.Client;

/// <summary>The answer to a subscription, and the topic's messages.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Succeeded">Of those who were asked for, or who publish now: whose messages come.</param>
/// <param name="Failed">Those who did not fit any more: a session follows at most 64 publishers in a topic.</param>
/// <param name="Messages">
/// The messages of everybody who is followed in the topic: one feed a topic, the same for each of its subscriptions,
/// which begins with the first and ends when nobody is followed any more or the channel ends.
/// </param>
public sealed record TopicSubscription(
    string Topic, IReadOnlyList<string> Succeeded, IReadOnlyList<string> Failed, Feed<TopicMessage> Messages);
