using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.MessageChannels;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.MessageChannels;

/// <summary>A channel whose operator has set how much it takes.</summary>
public sealed class MessageChannelRateTests : MessageChannelTest
{
    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.Configure<MessageChannelOptions>(static options => options.MessagesPerSecond = 2);
    }

    [Fact]
    public void Above_its_rate_a_channel_refuses_with_the_time_to_wait_and_takes_messages_after_it()
    {
        Accepted(Listen(Two, 1));
        Say("1");
        Say("2", user: "bob");

        var refused = TrySay("3", One.NextNumber());

        Refused(ErrorCode.ChannelPublishMessageTooFrequent, refused);
        Assert.Equal(TimeSpan.FromMilliseconds(500), refused.Refusal!.RetryAfter);
        Say("elsewhere", channel: "other");
        Advance(TimeSpan.FromMilliseconds(500));
        Say("4");
        Refused(ErrorCode.ChannelPublishMessageTooFrequent, TrySay("5", One.NextNumber()));
        Assert.Equal(["1", "2", "4"], Texts(Two.Received<ChannelMessage>()));
        Assert.Equal([1L, 2L, 3L], Two.Received<ChannelMessage>().Select(message => message.Offset));
    }

    [Fact]
    public void A_repetition_with_its_key_uses_nothing_up()
    {
        var first = Say("1", "key");
        Assert.Equal(first, Say("1", "key"));

        Say("2");

        Assert.Equal(first, Say("1", "key"));
        Refused(ErrorCode.ChannelPublishMessageTooFrequent, TrySay("3", One.NextNumber()));
    }
}
