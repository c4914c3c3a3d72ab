using ImOrleans.Grains.MessageChannels;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.MessageChannels;

/// <summary>Bounds that an operator has set low.</summary>
public sealed class MessageChannelBoundsTests : MessageChannelTest
{
    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.Configure<MessageChannelOptions>(static options =>
        {
            options.SubscribersMax = 2;
            options.RecentMessagesMax = 3;
            options.PublishedKeysMax = 2;
        });
    }

    [Fact]
    public void The_last_subscriber_that_fits_is_taken_and_the_next_is_not()
    {
        Accepted(Listen(One, 1));
        Accepted(Listen(Two, 1));

        Refused(ErrorCode.ChannelSubscribeFailed, Listen(Two, 2));
        Accepted(Listen(Two, 1));
        Accepted(Do(() => Channel().UnsubscribeAsync(new(One.Route(), One.Session(1)))));
        Accepted(Listen(Two, 2));
    }

    [Fact]
    public void As_many_messages_as_are_kept_are_replayed_and_one_more_is_none_at_all()
    {
        var start = Accepted(Listen(One, 1)).Position;
        for (var i = 1; i <= 3; i++)
            Say($"{i}");
        Assert.Equal(["1", "2", "3"], Texts(Accepted(Listen(One, 1, since: start)).Missed));

        Say("4");

        var back = Accepted(Listen(One, 1, since: start));
        Assert.False(back.IsRecovered);
        Assert.Empty(back.Missed);
    }

    [Fact]
    public void As_many_keys_as_are_kept_are_known_and_the_oldest_is_forgotten()
    {
        var first = Say("1", "a");
        Say("2", "b");
        Assert.Equal(first, Say("3", "a"));

        Say("4", "c");

        Assert.Equal(4, Say("5", "a").Position.Offset);
    }
}
