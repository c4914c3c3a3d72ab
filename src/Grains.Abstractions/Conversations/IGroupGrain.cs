using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Abstractions.Delivery;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>
/// One group or discussion: who is in it, its messages and their numbers, and which gateways have members. Key: that of
/// <see cref="Domain.Conversations.ConversationKey"/>.
/// </summary>
[Alias("im.IGroupGrain"), Version(1)]
public interface IGroupGrain : IGrainWithStringKey
{
    /// <summary>Stores a message, and answers when it is on disk.</summary>
    /// <remarks><b>Guarantee:</b> that of <see cref="IConversationGrain.SendAsync"/>. <b>Cost:</b> one row, one call for each
    /// gateway with members, however many there are.</remarks>
    [Alias("Send"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<Outcome<ChatMessageSent>> SendAsync(SendChatMessageRequest request);

    /// <summary>
    /// A gateway has sessions of members, or none any more. It gets a <see cref="ConversationPush"/> for what is stored from
    /// now on.
    /// </summary>
    [Alias("Register"), ResponseTimeout("00:00:04")]
    Task<Outcome<RouteStamp>> RegisterAsync(GroupRegistration registration);

    /// <summary>True when this activation holds exactly the registration that the gateway believes in.</summary>
    [Alias("Check"), ResponseTimeout("00:00:04")]
    Task<bool> CheckAsync(RouteCheck check);
}
