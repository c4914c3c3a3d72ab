namespace ImOrleans.Client;

/// <summary>A change of who publishes where in a stream channel.</summary>
/// <param name="Channel">The stream channel.</param>
public abstract record TopicEvent(string Channel) : FeedItem;

/// <summary>
/// All that is known: replaces whatever was. The first event of a channel, and again after a reconnect or when the
/// server has recovered from a loss.
/// </summary>
/// <param name="Channel">The stream channel.</param>
/// <param name="Topics">Each topic that has publishers, with their user ids in the order in which they came.</param>
public sealed record TopicSnapshot(
    string Channel, IReadOnlyDictionary<string, IReadOnlyList<string>> Topics) : TopicEvent(Channel);

/// <summary>A user began to publish in a topic.</summary>
/// <param name="Channel">The stream channel.</param>
/// <param name="Topic">The topic.</param>
/// <param name="User">The publisher's user id.</param>
public sealed record PublisherJoined(string Channel, string Topic, string User) : TopicEvent(Channel);

/// <summary>A user ceased to publish in a topic.</summary>
/// <param name="Channel">The stream channel.</param>
/// <param name="Topic">The topic.</param>
/// <param name="User">The publisher's user id.</param>
public sealed record PublisherLeft(string Channel, string Topic, string User) : TopicEvent(Channel);
