using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.MessageChannels;
using ImOrleans.Grains.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.Local;

/// <summary>Local only: Orleans tells how long an activation has been idle by a clock that no test can move.</summary>
public sealed class CollectionTests : GrainTest
{
    [Fact]
    public void A_user_with_sessions_is_not_collected_and_one_without_is()
    {
        Connect(One, "bob", 1, life: TimeSpan.FromHours(5));
        Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, Cluster.ActivationCount);
        Accepted(Do(() => User("bob").SendAsync(new(new("ann"), Text("hello")))));

        Accepted(Do(() => User("bob").DisconnectAsync(new(One.Route(), One.Session(1)))));
        Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, Cluster.ActivationCount);
    }

    [Fact]
    public void A_message_channel_stays_for_as_long_as_it_keeps_messages_and_then_is_collected()
    {
        var first = Publish();
        Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        Assert.Equal(new MessagePosition(first.Epoch, 2), Publish());

        Advance(TimeSpan.FromHours(3));

        Assert.Equal(0, Cluster.ActivationCount);
        Assert.NotEqual(first.Epoch, Publish().Epoch);
    }

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.Configure<MessageChannelOptions>(static options => options.RecentAgeMax = TimeSpan.FromHours(2));
    }

    private MessagePosition Publish()
    {
        var channel = Grains.GetGrain<IMessageChannelGrain>(GrainKey.MessageChannel(new("lobby")));
        return Accepted(Do(async () => await channel.PublishAsync(new(
            await channel.GetEpochAsync(), One.Session(1), new("ann"), Text("hi"), null, One.NextNumber())))).Position;
    }
}
