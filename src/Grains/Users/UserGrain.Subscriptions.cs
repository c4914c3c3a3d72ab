using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.Users;

// The user's part in subscriptions to message channels: how many a session has, and their end with it.
public sealed partial class UserGrain
{
    private const ChannelFeeds DataFeeds = ChannelFeeds.Metadata | ChannelFeeds.Locks;

    /// <inheritdoc />
    public async Task<Outcome<ChannelSubscribed>> SubscribeChannelAsync(SubscribeChannelRequest request)
    {
        if (await AdmitAsync(request.UserRoute, request.Session, CallReach.Part) is { } stale)
            return stale;
        if (UserRules.CheckSubscribe(_state, request.Session, request.Channel) is { } refusal)
            return refusal;
        var channel = MessageChannel(request.Channel);
        Outcome<ChannelSubscribed> subscribed;
        try
        {
            subscribed = await channel.SubscribeAsync(
                new(
                    request.ChannelRoute,
                    new(request.Session, _user, request.Feeds) { Presence = request.Presence },
                    request.Since));
        }
        catch (Exception)
        {
            // As with a join: the channel may know the session without our knowing.
            _ = UnsubscribeQuietlyAsync(request.Channel, new(request.ChannelRoute, request.Session));
            throw;
        }

        if (subscribed.IsAccepted && _state.Logins.TryGet(request.Session, out var login))
        {
            login.Subscriptions.Add(request.Channel);
            login.Record = login.Record?.In(
                ChannelType.Message, request.Channel, (request.Feeds & DataFeeds) != ChannelFeeds.None);
            var key = GrainKey.MessageChannel(request.Channel);
            _ = request.Presence.IsQuiet ? login.Quiet.Add(key) : login.Quiet.Remove(key);
        }

        return subscribed;
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> UnsubscribeChannelAsync(UnsubscribeChannelRequest request)
    {
        if (await AdmitAsync(request.UserRoute, request.Session, CallReach.Part) is { } stale)
            return stale;
        if (!_state.Logins.TryGet(request.Session, out var login) || !login.Subscriptions.Contains(request.Channel))
            return ErrorCode.ChannelNotSubscribed;
        var ended = await MessageChannel(request.Channel).UnsubscribeAsync(new(request.ChannelRoute, request.Session));
        if (!ended.IsAccepted && ended.Refusal.Code != ErrorCode.ChannelNotSubscribed)
            return ended;

        // A channel that does not know the session has lost it already, which is what was asked for.
        login.Subscriptions.Remove(request.Channel);
        login.Quiet.Remove(GrainKey.MessageChannel(request.Channel));
        return default(Done);
    }

    /// <summary>
    /// Ends a subscription. False when the channel could not be told: the session's gateway states anew what it has there.
    /// </summary>
    private async Task<bool> UnsubscribeQuietlyAsync(ChannelName channel, ChannelUnsubscribeRequest request)
    {
        try
        {
            var ended = await MessageChannel(channel).UnsubscribeAsync(request);
            return ended.IsAccepted || ended.Refusal.Code == ErrorCode.ChannelNotSubscribed;
        }
        catch (Exception exception)
        {
            LogUnsubscribeFailed(Key, channel, request.Session, exception);
            return false;
        }
    }

    private IMessageChannelGrain MessageChannel(ChannelName channel) =>
        GrainFactory.GetGrain<IMessageChannelGrain>(GrainKey.MessageChannel(channel));
}
