using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using Orleans.CodeGeneration;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>
/// Asks the store for one gateway how much its users could have had. Key: <see cref="GrainKey.InboxTotals"/>.
/// </summary>
[Alias("im.IInboxTotalsGrain"), Version(1)]
public interface IInboxTotalsGrain : IGrainWithStringKey
{
    /// <summary>The totals of users, in their order; see <see cref="Domain.Conversations.IMessageLog.ReadTotalsAsync"/>.</summary>
    /// <param name="users">At most <see cref="Domain.Conversations.ConversationLimits.PageMessagesMax"/>.</param>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.InternalErrror"/>: the store was not available.</remarks>
    [Alias("ReadTotals"), ResponseTimeout("00:00:04")]
    Task<Outcome<ImmutableArray<long>>> ReadTotalsAsync(ImmutableArray<UserId> users);
}
