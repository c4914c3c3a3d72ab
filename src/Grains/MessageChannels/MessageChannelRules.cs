using System.Globalization;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Grains.MessageChannels;

/// <summary>Who is subscribed to what of a message channel, and which gateways want which feed.</summary>
internal static class MessageChannelRules
{
    /// <summary>Says why a session cannot subscribe; null when it can. One that is subscribed always can.</summary>
    public static Refusal? CheckSubscribe(MessageChannelState state, SessionId session, int subscribersMax) =>
        state.Subscriptions.TryGet(session, out _) || state.Subscriptions.Count < subscribersMax
            ? null
            : new(ErrorCode.ChannelSubscribeFailed, string.Create(
                CultureInfo.InvariantCulture, $"The channel is full: {subscribersMax} subscribers."));

    /// <summary>Adds a subscription, or replaces what the session hears of.</summary>
    public static void Subscribe(MessageChannelState state, ChannelSubscription subscription)
    {
        // What is added comes first, so that a gateway which goes on wanting a feed does not cease to in between.
        var gateway = subscription.Session.Gateway;
        state.Interest.Add(gateway, subscription.Feeds);
        if (state.Subscriptions.TryGet(subscription.Session, out var known))
            state.Interest.Remove(gateway, known.Feeds);
        state.Subscriptions.Set(subscription.Session, subscription);
    }

    /// <summary>Ends a subscription; false when there was none.</summary>
    public static bool Unsubscribe(MessageChannelState state, SessionId session)
    {
        if (!state.Subscriptions.Remove(session, out var known))
            return false;
        state.Interest.Remove(session.Gateway, known.Feeds);
        return true;
    }

    /// <summary>Replaces all that a gateway has.</summary>
    /// <returns>What it does not have any more, and whether anything was unknown.</returns>
    public static (IReadOnlyList<ChannelSubscription> Gone, bool HasNew) Register(
        MessageChannelState state, GatewayId gateway, IReadOnlyCollection<ChannelSubscription> subscriptions)
    {
        var hasNew = subscriptions.Any(subscription => !state.Subscriptions.TryGet(subscription.Session, out _));
        foreach (var subscription in subscriptions)
            Subscribe(state, subscription);
        var named = subscriptions.Select(subscription => subscription.Session).ToHashSet();
        var gone = state.Subscriptions.Of(gateway).Where(known => !named.Contains(known.Session)).ToArray();
        foreach (var known in gone)
            Unsubscribe(state, known.Session);
        return (gone, hasNew);
    }
}
