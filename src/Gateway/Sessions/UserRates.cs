using ImOrleans.Domain.Delivery;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// The rates of users as a whole, over all their sessions at this gateway: see <see cref="RateLimitOptions.ClientsPerUser"/>.
/// One that is switched off is null.
/// </summary>
internal sealed class UserRates(RateLimitOptions options, TimeProvider clock)
{
    public RateTable<UserId>? Calls { get; } = Of(options, options.CallsPerSecond, clock);

    public RateTable<UserId>? Messages { get; } = Of(options, options.MessagesPerSecond, clock);

    public RateTable<UserId>? TopicMessages { get; } =
        Of(options, options.TopicMessagesPerSecond * RtmLimits.PublishedTopicsMax, clock);

    public RateTable<UserId>? Metadata { get; } = Of(options, options.MetadataCallsPerSecond, clock);

    public RateTable<UserId>? LockAcquisitions { get; } = Of(options, options.LockAcquisitionsPerSecond, clock);

    /// <summary>Not a rate of clients: a user has it once.</summary>
    public RateTable<UserId>? ConversationMessages { get; } =
        options.ConversationMessagesPerSecond > 0 ? new(options.ConversationMessagesPerSecond, clock) : null;

    private static RateTable<UserId>? Of(RateLimitOptions options, double ofOneClient, TimeProvider clock) =>
        options.ClientsPerUser * ofOneClient is > 0 and var rate ? new(rate, clock) : null;
}
