using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>
/// A user's side of messaging: what it has received of its conversations, device by device, whom it does not want to hear,
/// and for how long messages wait. Key: <see cref="Domain.Identifiers.GrainKey.Inbox"/>.
/// </summary>
/// <remarks>
/// It reads the store; no grain is called, and nothing is written for a message that arrives. <b>Errors:</b>
/// <see cref="ErrorCode.InternalErrror"/>: the store was not available; nothing was done that must not be done again.
/// </remarks>
[Alias("im.IInboxGrain"), Version(1)]
public interface IInboxGrain : IGrainWithStringKey
{
    /// <summary>Reads the next messages that a device has not acknowledged, those of one conversation in their order.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> none is left out; what is not acknowledged comes again. A device that is not known begins with all
    /// that waits, or where <see cref="PullRequest.FromNow"/> says so with what comes later.
    /// <b>Cost:</b> one query for the user's conversations, and one for each of those with something new.
    /// </remarks>
    [Alias("Pull"), ResponseTimeout("00:00:04")]
    Task<Outcome<PulledMessages>> PullAsync(PullRequest request);

    /// <summary>A device has received conversations up to some places, with all before.</summary>
    /// <remarks><b>Guarantee:</b> on disk when it is answered. No place falls, and none goes beyond what there is.</remarks>
    [Alias("Acknowledge"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> AcknowledgeAsync(AcknowledgeRequest request);

    /// <summary>The groups and discussions that the user is in now.</summary>
    /// <remarks><b>Cost:</b> one query for each 1,000 of them.</remarks>
    [Alias("GetGroups"), ResponseTimeout("00:00:04")]
    Task<Outcome<UserGroups>> GetGroupsAsync();

    /// <summary>Puts a user on the blacklist. One that is there already stays where it is.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> on disk when it is answered. <b>Errors:</b> <see cref="ErrorCode.BlackAddError"/>: not done, or not
    /// known; or <see cref="Domain.Conversations.ConversationLimits.BlacklistMax"/> users are there.
    /// </remarks>
    [Alias("Block"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> BlockAsync(UserId user);

    /// <summary>Takes a user from the blacklist, whether it is there or not.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> on disk when it is answered. <b>Errors:</b> <see cref="ErrorCode.BlackRemoveError"/>: not done, or
    /// not known.
    /// </remarks>
    [Alias("Unblock"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> UnblockAsync(UserId user);

    /// <summary>The blacklist.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.BlackGetstatusError"/>. Interleaves with every call: it only reads.</remarks>
    [Alias("GetBlacklist"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<Outcome<Blacklist>> GetBlacklistAsync();

    /// <summary>Whether a user is on the blacklist.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.BlackGetstatusError"/>: that cannot be known now. Interleaves with every call: it
    /// only reads what is certainly stored, and no message waits for a slow pull.
    /// </remarks>
    [Alias("IsBlocked"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<Outcome<bool>> IsBlockedAsync(UserId user);

    /// <summary>Sets for how many days messages wait for the user's devices, 1 to 7.</summary>
    /// <remarks><b>Guarantee:</b> on disk when it is answered.</remarks>
    [Alias("SetOfflineDays"), ResponseTimeout("00:00:04")]
    Task<Outcome<Done>> SetOfflineDaysAsync(int days);
}
