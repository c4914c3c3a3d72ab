using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.MessageChannels;

/// <summary>Calls to message channels, in short.</summary>
public abstract class MessageChannelTest(int silos = 1) : GrainTest(silos)
{
    protected IMessageChannelGrain Channel(string channel = "lobby") =>
        Grains.GetGrain<IMessageChannelGrain>(GrainKey.MessageChannel(new(channel)));

    /// <summary>Subscribes as the user grain does.</summary>
    private protected Outcome<ChannelSubscribed> Listen(
        FakeGateway gateway, long session, ChannelFeeds feeds = ChannelFeeds.Messages, MessagePosition? since = null) =>
        Do(() => Channel().SubscribeAsync(new(
            gateway.Route(), new(gateway.Session(session), new("ann"), feeds), since)));

    /// <summary>Subscribes as a gateway does.</summary>
    private protected Outcome<ChannelSubscribed> SubscribeChannel(
        FakeGateway gateway, string user, long session, string channel = "lobby") =>
        Do(() => User(user).SubscribeChannelAsync(new(
            gateway.Route(), gateway.Route(), gateway.Session(session), new(channel), ChannelFeeds.Messages, null)));

    /// <summary>Publishes as a gateway does that has asked for the epoch.</summary>
    private protected MessagePublished Say(string text, string? key = null, string user = "ann", string channel = "lobby") =>
        Accepted(TrySay(text, One.NextNumber(), key: key, user: user, channel: channel));

    private protected Outcome<MessagePublished> TrySay(
        string text, long number, long? epoch = null, SessionId? session = null, string? key = null, string user = "ann",
        string channel = "lobby", MessageLevel level = MessageLevel.Normal) =>
        Do(async () => await Channel(channel).PublishAsync(new(
            epoch ?? await Channel(channel).GetEpochAsync(), session ?? One.Session(99), new(user), Text(text), key, number)
        {
            Level = level,
        }));

    private protected static IEnumerable<string> Texts(IEnumerable<ChannelMessage> messages) =>
        messages.Select(message => System.Text.Encoding.UTF8.GetString(message.Payload.Bytes.Span));
}
