using System.Reflection;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Diagnostics;
using ImOrleans.Grains.Gateways;
using ImOrleans.Grains.Hosting;
using ImOrleans.Grains.MessageChannels;
using ImOrleans.Grains.Rooms;
using ImOrleans.Grains.Users;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Tests.Hosting;

public sealed class GrainServiceExtensionsTests
{
    [Fact]
    public void The_defaults_are_valid()
    {
        using var services = Services();

        Assert.Equal(4096, Value<DeliveryOptions>(services).QueueItemsMax);
        Assert.Equal(TimeSpan.FromSeconds(30), Value<GatewayLeaseOptions>(services).LeaseDuration);
        Assert.Equal(256, Value<MessageChannelOptions>(services).RecentMessagesMax);
        Assert.Equal(1000, Value<RoomOptions>(services).MembersMax);
        Assert.Equal(TimeSpan.FromSeconds(3), Value<UserOptions>(services).SendWait);
    }

    [Fact]
    public void A_value_out_of_range_is_refused_by_its_name()
    {
        using var services = Services(("Rooms:MembersMax", "0"));

        var failure = Assert.Throws<OptionsValidationException>(() => Value<RoomOptions>(services));

        Assert.Contains(nameof(RoomOptions.MembersMax), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leases_must_be_read_three_times_in_their_life()
    {
        using var services = Services(("GatewayLeases:PollPeriod", "00:00:11"));

        var failure = Assert.Throws<OptionsValidationException>(() => Value<GatewayLeaseOptions>(services));

        Assert.Contains("GatewayLeases:PollPeriod", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_two_log_events_share_a_number()
    {
        var numbers = typeof(LogEventIds).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (int)field.GetRawConstantValue()!).ToArray();

        Assert.Equal(numbers.Distinct(), numbers);
    }

    private static T Value<T>(ServiceProvider services)
        where T : class =>
        services.GetRequiredService<IOptions<T>>().Value;

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddGrainServices()
            .BuildServiceProvider();
    }
}
