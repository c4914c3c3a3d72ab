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
    /// <remarks>
    /// <b>Guarantee:</b> that of <see cref="IConversationGrain.SendAsync"/>; one that is stored already is answered as the first
    /// time also when its sender has left since. <b>Errors:</b> those of it;
    /// <see cref="ErrorCode.RcDiscussionGroupIdInvalid"/>: nobody has made it, or it has ended;
    /// <see cref="ErrorCode.NotInGroup"/>, <see cref="ErrorCode.NotInDiscussion"/>: the sender is no member.
    /// <b>Cost:</b> one row, one call for each gateway with members, however many there are; one read for a sender that has not
    /// sent for long. Interleaves with every call, as that.
    /// </remarks>
    [Alias("Send"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<Outcome<ChatMessageSent>> SendAsync(SendChatMessageRequest request);

    /// <summary>Makes a group or a discussion. A group that is there gets the name, and the members besides its own.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> on disk when it is answered, and may be made again. New members see what is sent from then on.
    /// <b>Errors:</b> <see cref="ErrorCode.RcDiscussionGroupIdInvalid"/>: it has ended, and its id is not used again;
    /// <see cref="ErrorCode.BizErrorInvalidParameter"/>, of a discussion <see cref="ErrorCode.CreateDiscussion"/>: more members
    /// than there may be, or a discussion that is there; <see cref="ErrorCode.InternalErrror"/>: not done, or not known.
    /// </remarks>
    [Alias("Create"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> CreateAsync(CreateGroupRequest request);

    /// <summary>Takes users in, lets users go, and changes the profile.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> on disk when it is answered, and may be made again: who is there stays, who is not there is not missed.
    /// Whoever comes sees what is sent from then on, whoever goes nothing more. When members would be too many, nothing changes.
    /// <b>Errors:</b> <see cref="ErrorCode.RcDiscussionGroupIdInvalid"/>: nobody has made it, or it has ended;
    /// <see cref="ErrorCode.BizErrorInvalidParameter"/>, for an actor <see cref="ErrorCode.JoinInDiscussion"/>: more members than
    /// there may be; <see cref="ErrorCode.InternalErrror"/>: not done, or not known. For an actor also
    /// <see cref="ErrorCode.NotInDiscussion"/>: it is no member; <see cref="ErrorCode.JoinInDiscussion"/>: only the creator
    /// invites; <see cref="ErrorCode.InviteDicussion"/>: only the creator says who invites;
    /// <see cref="ErrorCode.RcMsgUnauthorized"/>: only the creator lets others go.
    /// </remarks>
    [Alias("Change"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> ChangeAsync(ChangeGroupRequest request);

    /// <summary>Ends a group: nobody is in it any more, and nobody can come. What was sent stays with who was in it.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> from the first answer or attempt on nothing is sent. May be made again: it goes on where it was.
    /// <b>Errors:</b> <see cref="ErrorCode.RcDiscussionGroupIdInvalid"/>: nobody has made it;
    /// <see cref="ErrorCode.InternalErrror"/>: not done to the end, or not known. <b>Cost:</b> a write for each 1,000 members.
    /// </remarks>
    [Alias("Dismiss"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> DismissAsync();

    /// <summary>Reads the profile and a page of the members.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.RcDiscussionGroupIdInvalid"/>: nobody has made it, or it has ended;
    /// <see cref="ErrorCode.NotInGroup"/>, <see cref="ErrorCode.NotInDiscussion"/>: the actor is no member;
    /// <see cref="ErrorCode.InternalErrror"/>: the store was not available. Interleaves with every call: it only reads the store.
    /// </remarks>
    [Alias("Describe"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<Outcome<GroupDescription>> DescribeAsync(DescribeGroupRequest request);

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
