using System.Text.Json.Serialization.Metadata;
using ImOrleans.Grains.Conversations;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Gateways;
using ImOrleans.Grains.History;
using ImOrleans.Grains.Inboxes;
using ImOrleans.Grains.MessageChannels;
using ImOrleans.Grains.Presence;
using ImOrleans.Grains.Rooms;
using ImOrleans.Grains.SharedData;
using ImOrleans.Grains.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Hosting;

/// <summary>What a silo needs besides the grains themselves.</summary>
public static class GrainServiceExtensions
{
    /// <summary>Adds the services of the grains, once a silo.</summary>
    /// <remarks>
    /// The clock is taken from the container when one is there, and the options from the sections <c>Conversations</c>,
    /// <c>Delivery</c>, <c>GatewayLeases</c>, <c>History</c>, <c>MessageChannels</c>, <c>Presence</c>, <c>Rooms</c>,
    /// <c>SensitiveWords</c> and <c>Users</c>; all are checked when the host starts. Messages are kept when the host has an
    /// <see cref="Domain.History.IChannelHistory"/>, and conversations served when it has an
    /// <see cref="Domain.Conversations.IMessageLog"/>.
    /// </remarks>
    public static IServiceCollection AddGrainServices(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddChecked<ConversationOptions, ConversationOptionsValidator>(ConversationOptions.SectionName);
        services.AddChecked<DeliveryOptions, DeliveryOptionsValidator>(DeliveryOptions.SectionName);
        services.AddChecked<GatewayLeaseOptions, GatewayLeaseOptionsValidator>(GatewayLeaseOptions.SectionName);
        services.AddChecked<HistoryOptions, HistoryOptionsValidator>(HistoryOptions.SectionName);
        services.AddChecked<MessageChannelOptions, MessageChannelOptionsValidator>(MessageChannelOptions.SectionName);
        services.AddChecked<PresenceOptions, PresenceOptionsValidator>(PresenceOptions.SectionName);
        services.AddChecked<RoomOptions, RoomOptionsValidator>(RoomOptions.SectionName);
        services.AddChecked<SensitiveWordOptions, SensitiveWordOptionsValidator>(SensitiveWordOptions.SectionName);
        services.AddChecked<UserOptions, UserOptionsValidator>(UserOptions.SectionName);
        services.AddSingleton<IJsonTypeInfoResolver>(SharedDataJson.Default);
        services.AddSingleton<IJsonTypeInfoResolver>(InboxJson.Default);
        services.TryAddSingleton<IEpochSource, RandomEpochSource>();
        services.TryAddSingleton<FanoutFactory>();
        services.TryAddSingleton<IMessageNumbers, RandomMessageNumbers>();
        services.TryAddSingleton<SendRules>();
        services.TryAddSingleton<ConversationServices>();
        services.TryAddSingleton<HistoryKeeper>();
        services.AddHostedService<HistoryCleaner>();
        services.AddHostedService<ConversationCleaner>();
        services.TryAddSingleton<GatewayLeases>();
        services.TryAddSingleton<IGatewayLeases>(provider => provider.GetRequiredService<GatewayLeases>());
        services.AddHostedService(provider => provider.GetRequiredService<GatewayLeases>());
        return services;
    }

    private static void AddChecked<TOptions, TValidator>(this IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TValidator>());
    }
}
