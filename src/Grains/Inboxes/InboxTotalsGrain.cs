using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Inboxes;
using ImOrleans.Grains.Conversations;

namespace ImOrleans.Grains.Inboxes;

/// <summary>The grain that asks the store for one gateway.</summary>
[GrainType("inbox-totals")]
public sealed class InboxTotalsGrain(ConversationServices services) : Grain, IInboxTotalsGrain
{
    /// <inheritdoc />
    public Task<Outcome<ImmutableArray<long>>> ReadTotalsAsync(ImmutableArray<UserId> users) =>
        InboxStore.WithinAsync<ImmutableArray<long>>(services, async log => await log.ReadTotalsAsync(users));
}
