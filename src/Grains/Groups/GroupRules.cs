using System.Globalization;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Grains.Groups;

/// <summary>Who may do what in groups and discussions.</summary>
/// <remarks><b>Source:</b> feature rows RC43 and RC45.</remarks>
internal static class GroupRules
{
    private static readonly Refusal Dismissed = new(
        ErrorCode.RcDiscussionGroupIdInvalid, "The group has ended; its id is not used again.");

    /// <summary>Why nothing can be done with a group: nobody has made it, or it has ended. Null: it is there.</summary>
    public static Refusal? CheckIsThere(GroupProfile? profile) => profile switch
    {
        null => new(ErrorCode.RcDiscussionGroupIdInvalid),
        { IsDismissed: true } => Dismissed,
        _ => null,
    };

    /// <summary>The refusal of who is no member.</summary>
    public static Refusal NotMember(ConversationKey key) =>
        new(key.Type == ConversationType.Discussion ? ErrorCode.NotInDiscussion : ErrorCode.NotInGroup);

    /// <summary>Why a group cannot be made, or made again; null when it can.</summary>
    /// <param name="profile">What is known of it; null: nothing.</param>
    /// <param name="key">Which.</param>
    /// <param name="isOwn">The creation was begun before and its end was not known.</param>
    public static Refusal? CheckCreate(GroupProfile? profile, ConversationKey key, bool isOwn) =>
        profile is { IsDismissed: true } ? Dismissed
        : key.Type == ConversationType.Discussion && profile is not null && !isOwn
            ? new(ErrorCode.CreateDiscussion, "There is such a discussion.")
        : null;

    /// <summary>Why a member may not do what it wants; null when it may.</summary>
    /// <param name="profile">The discussion.</param>
    /// <param name="request">What it wants.</param>
    /// <param name="actor">The member.</param>
    /// <param name="isCreatorThere">
    /// Whether the creator is a member still. When it is none, everybody may do what the creator could.
    /// </param>
    public static Refusal? CheckMember(
        GroupProfile profile, ChangeGroupRequest request, UserId actor, bool isCreatorThere)
    {
        if (!isCreatorThere || profile.Creator == actor)
            return null;
        if (!request.Joining.IsEmpty && !profile.IsOpen)
            return new(ErrorCode.JoinInDiscussion, "Only the creator of this discussion invites.");
        if (request.Leaving.Any(user => user != actor))
            return new(ErrorCode.RcMsgUnauthorized, "Only the creator of a discussion lets others go.");
        return request.IsOpen is not null ? new(ErrorCode.InviteDicussion) : null;
    }

    /// <summary>The refusal of more members than there may be.</summary>
    public static Refusal TooMany(ErrorCode code, int membersMax) => new(
        code, string.Create(CultureInfo.InvariantCulture, $"There would be more than {membersMax} members; nothing was changed."));

    /// <summary>The profile as it is to be.</summary>
    public static GroupProfile Apply(GroupProfile profile, ChangeGroupRequest request) => profile with
    {
        Name = request.Name ?? profile.Name,
        IsOpen = request.IsOpen ?? profile.IsOpen,
    };
}
