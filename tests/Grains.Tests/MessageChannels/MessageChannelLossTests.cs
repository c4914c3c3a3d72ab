using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Grains.Tests.MessageChannels;

/// <summary>What is left of a channel when its silo is killed: the next activation knows nothing, and says so.</summary>
public sealed class MessageChannelLossTests() : MessageChannelTest(silos: 2)
{
    [Fact]
    public void A_lost_activation_is_followed_by_another_epoch_and_nothing_is_recovered()
    {
        var joined = Accepted(Listen(One, 1));
        var last = Say("a", "key").Position;

        SiloAt(joined.Stamp.Silo).Kill();
        var registered = Accepted(Do(() => Channel().RegisterAsync(new(
            One.Route(), [new(One.Session(1), new("ann"), ChannelFeeds.Messages)]))));
        var again = Say("b", "key").Position;

        Assert.NotEqual(last.Epoch, registered.Epoch);
        Assert.Equal(new MessagePosition(registered.Epoch, 1), again);
        Assert.Equal([last.Epoch, again.Epoch], One.Batches.Select(batch => batch.Epoch));
        Assert.Equal(["a", "b"], Texts(One.Received<ChannelMessage>()));
        var back = Accepted(Listen(Two, 1, since: last));
        Assert.False(back.IsRecovered);
        Assert.Empty(back.Missed);
        Assert.Equal(again, back.Position);
    }
}
