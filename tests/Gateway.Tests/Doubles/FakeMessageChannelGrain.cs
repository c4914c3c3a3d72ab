using ImOrleans.Domain.Errors;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Sessions;

namespace ImOrleans.Gateway.Tests.Doubles;

internal sealed class FakeMessageChannelGrain : FakeGrain, IMessageChannelGrain
{
    /// <summary>How many messages there have been.</summary>
    public long Offset { get; set; }

    /// <summary>What a subscription's answer says of presence.</summary>
    public PresenceEntered Presence { get; set; } = PresenceEntered.Nothing;

    public ChannelSubscribed Subscribed() => new(Stamp, new(Epoch, Offset), null, []) { Presence = Presence };

    public Task<Outcome<PresenceState>> ChangeStateAsync(ChangeStateRequest request) =>
        CallAsync<Outcome<PresenceState>>("ChangeState", request, () => new PresenceState(request.Set ?? [], 1));

    public Task<Outcome<PresenceState>> GetStateAsync(UserId user) =>
        CallAsync<Outcome<PresenceState>>("GetState", user, () => PresenceState.None);

    public Task<Outcome<WhoNow>> WhoNowAsync(WhoNowRequest request) =>
        CallAsync<Outcome<WhoNow>>("WhoNow", request, () => new WhoNow([], 0, null));

    public Task<Outcome<ChannelSubscribed>> SubscribeAsync(ChannelSubscribeRequest request) =>
        throw new NotSupportedException();

    public Task<Outcome<Done>> UnsubscribeAsync(ChannelUnsubscribeRequest request) => throw new NotSupportedException();

    public Task<Outcome<MessagePublished>> PublishAsync(PublishMessageRequest request) =>
        CallAsync<Outcome<MessagePublished>>("Publish", request, () => new MessagePublished(new(Epoch, ++Offset), 1));

    public Task<Outcome<MessagePublished>> PublishStoredAsync(PublishMessageRequest request) =>
        CallAsync<Outcome<MessagePublished>>(
            "PublishStored", request, () => new MessagePublished(new(Epoch, ++Offset), 1));

    /// <summary>What a query is answered with.</summary>
    public HistoryPage Page { get; set; } = new([], 0);

    public Task<Outcome<HistoryPage>> GetMessagesAsync(HistoryQuery query) =>
        CallAsync<Outcome<HistoryPage>>("GetMessages", query, () => Page);

    /// <summary>What the session of another gateway has here; null when that is not known.</summary>
    public ContentSubscription? Content { get; set; }

    public Task<ContentSubscription?> DescribeSessionAsync(SessionId session) =>
        CallAsync("DescribeSession", session, () => Content);

    public Task<long> GetEpochAsync() => CallAsync("GetEpoch", Epoch, () => Epoch);

    public Task<Outcome<RouteStamp>> RegisterAsync(MessageChannelRegistration registration) =>
        StampAsync("Register", registration);

    public Task<bool> CheckAsync(RouteCheck check) => CallAsync("Check", check, () => IsKnown);

    /// <summary>How many are subscribed, as is answered.</summary>
    public int Subscribers { get; set; }

    public Task<int> CountSubscribersAsync() => CallAsync("CountSubscribers", "", () => Subscribers);

    public Task<bool> MarkAsync(GatewayId gateway) => CallAsync("Mark", gateway, () => true);
}
