using ImOrleans.Domain.Errors;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Sessions;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace ImOrleans.Grains.Abstractions.MessageChannels;

/// <summary>
/// The grain behind a message channel: who is subscribed to what of it, the numbering of its messages, and the recent
/// ones for who was away. Key: <see cref="Domain.Identifiers.GrainKey.MessageChannel"/>.
/// </summary>
/// <remarks>
/// Calls that carry a <see cref="RouteUpdate"/> refuse an old one with <see cref="ErrorCode.RouteStale"/>. Nothing here
/// is stored but the messages that are to be kept: subscriptions are vouched for by their gateways, and the numbering
/// begins anew, under another epoch, with each activation.
/// </remarks>
[Alias("im.IMessageChannelGrain"), Version(1)]
public interface IMessageChannelGrain : IPresenceGrain
{
    /// <summary>
    /// Subscribes a session; doing so again replaces what it hears of. Called by the user grain only.
    /// </summary>
    /// <remarks>
    /// <b>Guarantee:</b> the messages of the answer, all or none of what came since the position that was asked for, and
    /// those that are delivered after it make a line without gap or repetition.
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelSubscribeFailed"/>: the channel is full.
    /// </remarks>
    [Alias("Subscribe"), ResponseTimeout("00:00:03")]
    Task<Outcome<ChannelSubscribed>> SubscribeAsync(ChannelSubscribeRequest request);

    /// <summary>Ends a session's subscription. Called by the user grain only.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.ChannelNotSubscribed"/>.</remarks>
    [Alias("Unsubscribe"), ResponseTimeout("00:00:03")]
    Task<Outcome<Done>> UnsubscribeAsync(ChannelUnsubscribeRequest request);

    /// <summary>Takes a message for all who are subscribed to the channel's messages.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> messages are delivered in the order in which they were accepted, at most once; the answer does
    /// not wait for any delivery. A key that this activation remembers gets the first answer again, and nothing is
    /// delivered.
    /// <b>Errors:</b> <see cref="ErrorCode.RouteStale"/>: another activation was meant, or a later message of the session
    /// was quicker, or one of the session that goes on for it; nothing was published.
    /// <see cref="ErrorCode.ChannelPublishMessageTooFrequent"/>: the channel has a rate.
    /// <b>Cost:</b> no other grain, no storage.
    /// </remarks>
    [Alias("Publish"), ResponseTimeout("00:00:04")]
    Task<Outcome<MessagePublished>> PublishAsync(PublishMessageRequest request);

    /// <summary>
    /// Takes a message as <see cref="PublishAsync"/> does, and answers when it is kept. Delivery does not wait for that.
    /// </summary>
    /// <remarks>
    /// <b>Guarantee:</b> accepted means on disk, once, in the order of the channel. A repetition with the key of a publish
    /// that was delivered and not kept only stores it.
    /// <b>Errors:</b> those of <see cref="PublishAsync"/>. <see cref="ErrorCode.HistoryNotAvailable"/>: nothing was
    /// delivered. <see cref="ErrorCode.HistoryOperationFailed"/>: delivered, not kept.
    /// <see cref="ErrorCode.HistoryOperationTimeout"/>: delivered, and perhaps kept.
    /// <b>Cost:</b> one append to the store, whose transaction many share. Interleaves with every call, so that nobody
    /// waits for the disk who does not ask for it.
    /// </remarks>
    [Alias("PublishStored"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<Outcome<MessagePublished>> PublishStoredAsync(PublishMessageRequest request);

    /// <summary>Reads a page of the messages that are kept.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.HistoryNotAvailable"/>; <see cref="ErrorCode.HistoryOperationFailed"/> and
    /// <see cref="ErrorCode.HistoryOperationTimeout"/>: try again.
    /// Interleaves with every call: it only asks the store.
    /// </remarks>
    [Alias("GetMessages"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<Outcome<HistoryPage>> GetMessagesAsync(HistoryQuery query);

    /// <summary>The epoch of the activation, which a publish has to name.</summary>
    [Alias("GetEpoch"), ResponseTimeout("00:00:03")]
    Task<long> GetEpochAsync();

    /// <summary>How many sessions are subscribed, at all gateways and whichever protocol they speak.</summary>
    /// <remarks>
    /// Those of a lost gateway count until their time to come back is over; while a new activation has not heard from every
    /// gateway, theirs are missing. Interleaves with every call: it only reads what the last turn has left.
    /// </remarks>
    [Alias("CountSubscribers"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    Task<int> CountSubscribersAsync();

    /// <summary>Completes when a gateway has got all that was said until now; false when it has not, in time.</summary>
    /// <remarks>Interleaves with every call: it adds to a waiting line and awaits the answer of the gateway.</remarks>
    [Alias("Mark"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    Task<bool> MarkAsync(GatewayId gateway);

    /// <summary>What a session is subscribed to of this channel; null when this activation does not know.</summary>
    /// <remarks>
    /// Asked for by the gateway to which its client has come when its own gateway is lost. Interleaves with every call: it
    /// only reads what the last turn has left.
    /// </remarks>
    [Alias("DescribeSession"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    Task<ContentSubscription?> DescribeSessionAsync(SessionId session);

    /// <summary>States everything that a gateway has in this channel; what it does not name is gone.</summary>
    [Alias("Register"), ResponseTimeout("00:00:04")]
    Task<Outcome<RouteStamp>> RegisterAsync(MessageChannelRegistration registration);

    /// <summary>True when this activation holds exactly the registration that the gateway believes in.</summary>
    [Alias("Check"), ResponseTimeout("00:00:04")]
    Task<bool> CheckAsync(RouteCheck check);
}
