using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Sessions;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>
/// A topic of a stream channel: who publishes, who follows whom, and from these which gateways want whose messages.
/// Key: <see cref="GrainKey.Topic"/>.
/// </summary>
/// <remarks>
/// Calls that carry a <see cref="RouteUpdate"/> refuse an old one with <see cref="ErrorCode.RouteStale"/>. The room
/// has checked membership and the limits that span topics before it calls.
/// </remarks>
[Alias("im.ITopicGrain"), Version(1)]
public interface ITopicGrain : IGrainWithStringKey
{
    /// <summary>Adds a publisher; doing so again replaces its role. Called by the room only.</summary>
    [Alias("AddPublisher"), ResponseTimeout("00:00:02")]
    Task<Outcome<RouteStamp>> AddPublisherAsync(AddPublisherRequest request);

    /// <summary>Removes a publisher; an unknown one is fine. Called by the room only.</summary>
    [Alias("RemovePublisher"), ResponseTimeout("00:00:02")]
    Task<Outcome<Done>> RemovePublisherAsync(RouteUpdate route, SessionId session);

    /// <summary>Adds publishers to what a session follows. Called by the room only.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelExceedTopicUserLimitation"/>: none could be added for the limit of
    /// 64.
    /// </remarks>
    [Alias("Subscribe"), ResponseTimeout("00:00:02")]
    Task<Outcome<TopicSubscribed>> SubscribeAsync(TopicSubscribeRequest request);

    /// <summary>
    /// Removes publishers from what a session follows, all when none is named. Called by the room only.
    /// </summary>
    /// <returns>How many it still follows.</returns>
    [Alias("Unsubscribe"), ResponseTimeout("00:00:02")]
    Task<Outcome<int>> UnsubscribeAsync(RouteUpdate route, SessionId session, ImmutableArray<UserId> users);

    /// <summary>
    /// The publishers that a session follows, in the order in which they were added. Called by the room only.
    /// </summary>
    [Alias("GetSubscribedUsers"), ResponseTimeout("00:00:02")]
    Task<Outcome<SubscribedUsers>> GetSubscribedUsersAsync(RouteUpdate route, SessionId session);

    /// <summary>Forgets a session as publisher and as subscriber. Called by the room only.</summary>
    [Alias("RemoveSession"), ResponseTimeout("00:00:02")]
    Task RemoveSessionAsync(SessionId session);

    /// <summary>Takes a message for all who follow its publisher.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> messages of one session are delivered in the order in which they were accepted, at most once;
    /// the answer does not wait for any delivery.
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelTopicNotJoined"/>: the session is no publisher here;
    /// <see cref="ErrorCode.RouteStale"/>: the gateway's epoch is another one or the gateway was given up, and nothing
    /// was published.
    /// <b>Cost:</b> no other grain, no storage.
    /// </remarks>
    [Alias("Publish"), ResponseTimeout("00:00:04")]
    Task<Outcome<TopicPublished>> PublishAsync(PublishTopicRequest request);

    /// <summary>Completes when a gateway has got all that was said until now; false when it has not, in time.</summary>
    /// <remarks>Interleaves with every call: it adds to a waiting line and awaits the answer of the gateway.</remarks>
    [Alias("Mark"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    Task<bool> MarkAsync(GatewayId gateway);

    /// <summary>What a session has in this topic; null when this activation does not know.</summary>
    /// <remarks>
    /// Called by the room only, for the gateway to which its client has come. Interleaves with every call: it
    /// only reads what the last turn has left.
    /// </remarks>
    [Alias("DescribeSession"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<ContentTopic?> DescribeSessionAsync(SessionId session);

    /// <summary>States everything that a gateway has in this topic; what it does not name is gone.</summary>
    [Alias("Register"), ResponseTimeout("00:00:04")]
    Task<Outcome<RouteStamp>> RegisterAsync(TopicRegistration registration);

    /// <summary>True when this activation holds exactly the registration that the gateway believes in.</summary>
    [Alias("Check"), ResponseTimeout("00:00:04")]
    Task<bool> CheckAsync(RouteCheck check);
}
