using ImOrleans.Domain.Errors;
using Orleans.CodeGeneration;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>
/// What a user has received of its conversations, device by device. Key: <see cref="Domain.Identifiers.GrainKey.Inbox"/>.
/// </summary>
/// <remarks>
/// It reads the store; no conversation is called, and nothing is written for a message that arrives. <b>Errors:</b>
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
}
