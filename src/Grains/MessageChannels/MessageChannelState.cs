using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.MessageChannels;

/// <summary>
/// Who is subscribed to a message channel. Nothing is stored: gateways vouch for it, and state it anew when it is lost.
/// </summary>
/// <remarks>
/// <see cref="Interest"/> follows from the subscriptions; only <see cref="MessageChannelRules"/> changes them.
/// </remarks>
internal sealed class MessageChannelState
{
    public SessionTable<ChannelSubscription> Subscriptions { get; } = new();

    public FeedInterest Interest { get; } = new();
}
