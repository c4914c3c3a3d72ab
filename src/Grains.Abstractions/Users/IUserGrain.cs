using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.History;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Sessions;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>
/// One user: the logins of all devices, how long their tokens last, the channels they are in, and the messages that
/// other users send to them. Key: <see cref="Domain.Identifiers.GrainKey.User"/>.
/// </summary>
/// <remarks>
/// Calls that carry a <see cref="RouteUpdate"/> refuse an old one with <see cref="ErrorCode.RouteStale"/>.
/// </remarks>
[Alias("im.IUserGrain"), Version(1)]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>Adds a login. An older one of the same device, or by the policy of the same class, is told so, and ends.</summary>
    /// <remarks><b>Guarantee:</b> the newest connect of a device wins. <b>Cost:</b> no storage.</remarks>
    [Alias("Connect"), ResponseTimeout("00:00:04")]
    Task<Outcome<RouteStamp>> ConnectAsync(ConnectRequest request);

    /// <summary>Ends a login: leaves each channel that it joined, then forgets it.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.NotLogin"/>: unknown, and nothing can be said of its channels;
    /// <see cref="ErrorCode.ChannelNotAvailable"/>: it has ended, but a channel or a topic may not know. The gateway states
    /// anew what it has there.
    /// </remarks>
    [Alias("Disconnect"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> DisconnectAsync(DisconnectRequest request);

    /// <summary>Moves the end of a login's token.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.NotLogin"/>: there is no such login.</remarks>
    [Alias("RenewToken"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> RenewTokenAsync(RenewTokenRequest request);

    /// <summary>Joins a stream channel for one session; the room's answer is passed on.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.NotLogin"/>; <see cref="ErrorCode.ChannelJoinFailed"/>: joined already, or
    /// the
    /// channel is full; <see cref="ErrorCode.ChannelInstanceExceedLimitation"/>: 100 channels are joined.
    /// <b>Cost:</b> one call to the room.
    /// </remarks>
    [Alias("JoinChannel"), ResponseTimeout("00:00:04")]
    Task<Outcome<RoomJoined>> JoinChannelAsync(JoinChannelRequest request);

    /// <summary>Leaves a stream channel, its publisher roles and its subscriptions, for one session.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelNotJoined"/>; <see cref="ErrorCode.ChannelNotAvailable"/>: it has left,
    /// but a topic may not know.
    /// </remarks>
    [Alias("LeaveChannel"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> LeaveChannelAsync(LeaveChannelRequest request);

    /// <summary>Subscribes one session to a message channel; the channel's answer is passed on.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.NotLogin"/>; <see cref="ErrorCode.ChannelInstanceExceedLimitation"/>: 50
    /// channels are subscribed; <see cref="ErrorCode.ChannelSubscribeFailed"/>: the channel is full.
    /// <b>Cost:</b> one call to the channel.
    /// </remarks>
    [Alias("SubscribeChannel"), ResponseTimeout("00:00:04")]
    Task<Outcome<ChannelSubscribed>> SubscribeChannelAsync(SubscribeChannelRequest request);

    /// <summary>Ends one session's subscription to a message channel.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.ChannelNotSubscribed"/>.</remarks>
    [Alias("UnsubscribeChannel"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> UnsubscribeChannelAsync(UnsubscribeChannelRequest request);

    /// <summary>The channels in which the user is, with whichever session; nowhere when it is not known.</summary>
    /// <remarks>
    /// Interleaves with every call: it only reads what the last turn has left.
    /// </remarks>
    [Alias("WhereNow"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<WhereNow> WhereNowAsync();

    /// <summary>Delivers a message to all sessions of this user, and answers when a gateway has taken it.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> accepted means that at least one session was there. Messages of one sender keep their order.
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelReceiverOffline"/>: nobody was there, and nothing is kept.
    /// Interleaves with every call: it only adds to the waiting lines and awaits the answer of the gateways, so that
    /// messages gather in a batch and are not held up by a slow join.
    /// </remarks>
    [Alias("Send"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<Outcome<UserMessageSent>> SendAsync(SendUserMessageRequest request);

    /// <summary>
    /// Delivers a message as <see cref="SendAsync"/> does, to nobody if nobody is there, and answers when it is kept too.
    /// </summary>
    /// <remarks>
    /// <b>Guarantee:</b> accepted means on disk; <see cref="UserMessageSent.IsDelivered"/> tells whether it arrived.
    /// <b>Errors:</b> <see cref="ErrorCode.HistoryNotAvailable"/>: nothing was done.
    /// <see cref="ErrorCode.HistoryOperationFailed"/>: not kept; <see cref="ErrorCode.HistoryOperationTimeout"/>: perhaps.
    /// It may have been delivered in both cases. <see cref="ErrorCode.ChannelPublishMessageTooFrequent"/>: the receiver
    /// gets more than can be kept; nothing was done.
    /// Interleaves with every call, as <see cref="SendAsync"/>.
    /// </remarks>
    [Alias("SendStored"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<Outcome<UserMessageSent>> SendStoredAsync(SendUserMessageRequest request);

    /// <summary>Reads a page of the messages to this user that are kept.</summary>
    /// <remarks><b>Errors:</b> as for message channels. Interleaves with every call: it only asks the store.</remarks>
    [Alias("GetMessages"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<Outcome<HistoryPage>> GetMessagesAsync(HistoryQuery query);

    /// <summary>What a session has, asked for by the gateway to which its client has come; null when it cannot move.</summary>
    /// <remarks>Interleaves with every call: it only passes the question on to the gateway that has the session.</remarks>
    [Alias("DescribeSession"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    Task<SessionContent?> DescribeSessionAsync(SessionClaim claim);

    /// <summary>
    /// Ends a session at its gateway and yields what its client has not got, once all that was said to this user has
    /// arrived there; null when that cannot be had.
    /// </summary>
    /// <remarks>Interleaves with every call, as above.</remarks>
    [Alias("TakeSession"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<SessionRest?> TakeSessionAsync(TakeSessionRequest request);

    /// <summary>Changes what is kept of a session for the loss of its gateway.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.NotLogin"/>: there is no such login. <b>Cost:</b> no storage.</remarks>
    [Alias("KeepSession"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> KeepSessionAsync(KeepSessionRequest request);

    /// <summary>
    /// Where a session is, for the gateway to which its client has come when its own gateway does not answer; null when
    /// it is not known, cannot be come back to, or the secret is another.
    /// </summary>
    /// <remarks>Interleaves with every call: it only reads what the last turn has left.</remarks>
    [Alias("RecallSession"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<RecalledSession?> RecallSessionAsync(SessionClaim claim);

    /// <summary>
    /// Ends a session whose gateway is lost, and which goes on as another that replaces it and has all that it had. When
    /// this returns, nothing that the lost gateway has sent for it is taken any more by the topics where it published.
    /// </summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.NotLogin"/>: it has ended before; <see cref="ErrorCode.ChannelNotAvailable"/>: it
    /// has ended, but a channel or a topic may not know.
    /// </remarks>
    [Alias("ReleaseSession"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> ReleaseSessionAsync(SessionClaim claim);

    /// <summary>Tells the sessions of this user that a private or system conversation has got further.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> none: whoever is not told finds it with the next pull. Interleaves with every call: it only adds to
    /// the waiting lines.
    /// </remarks>
    [Alias("Push"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task PushAsync(ConversationPush push);

    /// <summary>Passes a status message of a private conversation on to the sessions of this user that are connected.</summary>
    /// <remarks><b>Guarantee:</b> none, and nothing is kept. Interleaves with every call, as <see cref="PushAsync"/>.</remarks>
    [Alias("TellStatus"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task TellStatusAsync(ConversationStatus status);

    /// <summary>Tells the sessions of this user that it is in a group from now on.</summary>
    /// <remarks><b>Guarantee:</b> none, as for <see cref="PushAsync"/>. Interleaves with every call, as that.</remarks>
    [Alias("TellJoined"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task TellJoinedAsync(ConversationKey group, long joinedSeq);

    /// <summary>States everything that a gateway has for this user; what it does not name is gone.</summary>
    [Alias("Register"), ResponseTimeout("00:00:04")]
    Task<Outcome<RouteStamp>> RegisterAsync(UserRegistration registration);

    /// <summary>True when this activation holds exactly the registration that the gateway believes in.</summary>
    [Alias("Check"), ResponseTimeout("00:00:04")]
    Task<bool> CheckAsync(RouteCheck check);
}
