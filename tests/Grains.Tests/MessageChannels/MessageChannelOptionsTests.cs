using ImOrleans.Grains.Hosting;
using ImOrleans.Grains.MessageChannels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Tests.MessageChannels;

public sealed class MessageChannelOptionsTests
{
    [Theory]
    [InlineData(nameof(MessageChannelOptions.SubscribersMax), "0", "1")]
    [InlineData(nameof(MessageChannelOptions.SubscribersMax), "1000001", "1000000")]
    [InlineData(nameof(MessageChannelOptions.MessagesPerSecond), "-1", "0")]
    [InlineData(nameof(MessageChannelOptions.MessagesPerSecond), "100001", "100000")]
    [InlineData(nameof(MessageChannelOptions.RecentMessagesMax), "-1", "0")]
    [InlineData(nameof(MessageChannelOptions.RecentMessagesMax), "10001", "10000")]
    [InlineData(nameof(MessageChannelOptions.RecentBytesMax), "65535", "65536")]
    [InlineData(nameof(MessageChannelOptions.RecentBytesMax), "67108865", "67108864")]
    [InlineData(nameof(MessageChannelOptions.RecentAgeMax), "00:00:00.999", "00:00:01")]
    [InlineData(nameof(MessageChannelOptions.RecentAgeMax), "1.00:00:00.001", "1.00:00:00")]
    [InlineData(nameof(MessageChannelOptions.PublishedKeysMax), "-1", "0")]
    [InlineData(nameof(MessageChannelOptions.PublishedKeysMax), "100001", "100000")]
    [InlineData(nameof(MessageChannelOptions.PublishedKeyAgeMax), "00:00:00.999", "00:00:01")]
    [InlineData(nameof(MessageChannelOptions.PublishedKeyAgeMax), "01:00:00.001", "01:00:00")]
    public void A_setting_is_taken_at_its_bound_and_refused_beyond_it(string name, string beyond, string at)
    {
        Assert.NotNull(Read(name, at));
        var failure = Assert.Throws<OptionsValidationException>(() => Read(name, beyond));
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    private static MessageChannelOptions Read(string name, string value)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create($"MessageChannels:{name}", (string?)value)])
            .Build();
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration).AddGrainServices().BuildServiceProvider();
        return services.GetRequiredService<IOptions<MessageChannelOptions>>().Value;
    }
}
