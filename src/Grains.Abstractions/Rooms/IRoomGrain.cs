using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.Topics;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>
/// The grain behind a stream channel: who is in it, which topics there are and who publishes in them, and the limits
/// that span topics. Key: <see cref="Domain.Identifiers.GrainKey.StreamChannel"/>.
/// </summary>
/// <remarks>
/// Calls that carry a <see cref="RouteUpdate"/> refuse an old one with <see cref="ErrorCode.RouteStale"/>. Nothing
/// here is stored: members are vouched for by their gateways, which register them anew when a silo is lost.
/// </remarks>
[Alias("im.IRoomGrain"), Version(1)]
public interface IRoomGrain : IPresenceGrain
{
    /// <summary>Adds a session. Called by the user grain only.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelJoinFailed"/>: joined already, or the channel is full.
    /// </remarks>
    [Alias("Join"), ResponseTimeout("00:00:03")]
    Task<Outcome<RoomJoined>> JoinAsync(RoomJoinRequest request);

    /// <summary>Removes a session with its publisher roles and subscriptions. Called by the user grain only.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelNotJoined"/>; <see cref="ErrorCode.ChannelNotAvailable"/>: it is removed,
    /// but a topic may not know.
    /// </remarks>
    [Alias("Leave"), ResponseTimeout("00:00:03")]
    Task<Outcome<Done>> LeaveAsync(RoomLeaveRequest request);

    /// <summary>Makes a session a publisher of a topic; all members are told when its user was none before.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelNotJoined"/>; <see cref="ErrorCode.ChannelJoinTopicFailed"/>: it is
    /// one
    /// already; <see cref="ErrorCode.ChannelExceedTopicLimitation"/>: it is one of 8 topics.
    /// <b>Cost:</b> one call to the topic.
    /// </remarks>
    [Alias("JoinTopic"), ResponseTimeout("00:00:03")]
    Task<Outcome<RouteStamp>> JoinTopicAsync(JoinTopicRequest request);

    /// <summary>
    /// Ends a publisher role; all members are told when no session of its user publishes there any more.
    /// </summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelNotJoined"/>; <see cref="ErrorCode.ChannelTopicNotJoined"/>.
    /// </remarks>
    [Alias("LeaveTopic"), ResponseTimeout("00:00:03")]
    Task<Outcome<Done>> LeaveTopicAsync(LeaveTopicRequest request);

    /// <summary>Lets a session follow publishers of a topic. They may be named before they publish.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelNotJoined"/>; <see cref="ErrorCode.ChannelExceedTopicLimitation"/>:
    /// 50
    /// topics are followed; <see cref="ErrorCode.ChannelExceedTopicUserLimitation"/>: 64 publishers are followed and
    /// none
    /// of the named could be added. When some could, the answer is accepted and names the others as failed.
    /// </remarks>
    [Alias("SubscribeTopic"), ResponseTimeout("00:00:03")]
    Task<Outcome<TopicSubscribed>> SubscribeTopicAsync(SubscribeTopicRequest request);

    /// <summary>Ceases to follow publishers of a topic; all of them when none is named.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelNotJoined"/>; <see cref="ErrorCode.ChannelTopicNotSubscribed"/>.
    /// </remarks>
    [Alias("UnsubscribeTopic"), ResponseTimeout("00:00:03")]
    Task<Outcome<Done>> UnsubscribeTopicAsync(UnsubscribeTopicRequest request);

    /// <summary>The publishers that a session follows in a topic; empty when it follows none.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.ChannelNotJoined"/>.</remarks>
    [Alias("GetSubscribedUsers"), ResponseTimeout("00:00:03")]
    Task<Outcome<SubscribedUsers>> GetSubscribedUsersAsync(GetSubscribedUsersRequest request);

    /// <summary>Moves the end of a session's token for this channel.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.ChannelNotJoined"/>.</remarks>
    [Alias("RenewToken"), ResponseTimeout("00:00:03")]
    Task<Outcome<Done>> RenewTokenAsync(RenewChannelTokenRequest request);

    /// <summary>What a session has in this channel and its topics; null when this activation does not know.</summary>
    /// <remarks>
    /// Asked for by the gateway to which its client has come when its own gateway is lost. Interleaves with every call: it
    /// only reads what the last turn has left.
    /// </remarks>
    [Alias("DescribeSession"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    Task<ContentChannel?> DescribeSessionAsync(SessionId session);

    /// <summary>States everything that a gateway has in this channel; what it does not name is gone.</summary>
    [Alias("Register"), ResponseTimeout("00:00:03")]
    Task<Outcome<RouteStamp>> RegisterAsync(RoomRegistration registration);

    /// <summary>True when this activation holds exactly the registration that the gateway believes in.</summary>
    [Alias("Check"), ResponseTimeout("00:00:03")]
    Task<bool> CheckAsync(RouteCheck check);
}
