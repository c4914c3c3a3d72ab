using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Gateway.Tests.Doubles;

internal sealed class FakeMessageChannelGrain : FakeGrain, IMessageChannelGrain
{
    /// <summary>How many messages there have been.</summary>
    public long Offset { get; set; }

    public ChannelSubscribed Subscribed() => new(Stamp, new(Epoch, Offset), null, []);

    public Task<Outcome<ChannelSubscribed>> SubscribeAsync(ChannelSubscribeRequest request) =>
        throw new NotSupportedException();

    public Task<Outcome<Done>> UnsubscribeAsync(ChannelUnsubscribeRequest request) => throw new NotSupportedException();

    public Task<Outcome<MessagePublished>> PublishAsync(PublishMessageRequest request) =>
        CallAsync<Outcome<MessagePublished>>("Publish", request, () => new MessagePublished(new(Epoch, ++Offset), 1));

    public Task<long> GetEpochAsync() => CallAsync("GetEpoch", Epoch, () => Epoch);

    public Task<Outcome<RouteStamp>> RegisterAsync(MessageChannelRegistration registration) =>
        StampAsync("Register", registration);

    public Task<bool> CheckAsync(RouteCheck check) => CallAsync("Check", check, () => IsKnown);
}
