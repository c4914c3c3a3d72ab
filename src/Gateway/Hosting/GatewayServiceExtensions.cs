using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Protocols.GoWire;
using ImOrleans.Gateway.Protocols.ImJson;
using ImOrleans.Gateway.Protocols.Room;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.ServerApi;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.SharedData;
using ImOrleans.Gateway.Users;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ImOrleans.Gateway.Hosting;

/// <summary>Composes a gateway into a web application.</summary>
public static class GatewayServiceExtensions
{
    /// <summary>
    /// Adds the gateway. The host adds the grain factory, an <see cref="ISiloMembership"/> and the app's credentials,
    /// and
    /// adds the silo first, if it has one, since services stop in the reverse order.
    /// </summary>
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddValidatedOptions<GatewayOptions>(GatewayOptions.SectionName);
        services.AddValidatedOptions<SessionOptions>(SessionOptions.SectionName);
        services.AddValidatedOptions<SessionOutboxOptions>(SessionOutboxOptions.SectionName);
        services.AddValidatedOptions<RateLimitOptions>(RateLimitOptions.SectionName);
        services.AddValidatedOptions<MetadataOptions>(MetadataOptions.SectionName);
        services.AddSingleton<IUserIdRule, RtmUserIdRule>();
        services.AddTokenAuthentication().AddOriginPolicy();
        services.AddSingleton<GatewayIdentity>().AddSingleton<GatewayObservers>().AddSingleton<RouteRegistrar>();
        services.AddSingleton<RouteTable>().AddSingleton<RouteCaller>().AddSingleton<GatewayUpkeep>();
        services.AddSingleton<StreamChannelCalls>().AddSingleton<TopicCalls>().AddSingleton<UserMessageCalls>();
        services.AddSingleton<MessageChannelCalls>().AddSingleton<HistoryCalls>();
        services.AddSingleton<SharedDataFeeds>().AddSingleton<MetadataCalls>().AddSingleton<LockCalls>();
        services.AddSingleton<PresenceCalls>().AddSingleton<SessionMover>().AddSingleton<SessionRecords>();
        services.AddSingleton<AckTokens>().AddSingleton<ConversationPosts>().AddSingleton<ChatGroups>();
        services.AddSingleton<ChatCalls>().AddSingleton<GroupCalls>().AddSingleton<InboxCalls>().AddSingleton<InboxUpkeep>();
        services.AddSingleton<SessionLifecycle>().AddSingleton<GatewayHealth>().AddSingleton<SessionTokens>();
        services.AddRtmHub();
        services.AddHostedService<GatewayService>();
        services.AddGoWire();
        services.AddRooms();
        services.AddServerApi();
        services.AddImDoor();
        return services;
    }

    private static void AddRtmHub(this IServiceCollection services)
    {
        services.AddSignalR(hub =>
        {
            hub.MaximumReceiveMessageSize = RtmHubProtocol.FrameBytesMax;
            hub.MaximumParallelInvocationsPerClient = RtmEndpoints.UnfinishedCallsMax;
            hub.EnableDetailedErrors = false;
            // Silence is seen by the session, which tells why it closes; this is the net beneath.
            hub.ClientTimeoutInterval = 2 * SessionOptions.SilenceMaxMax;
        });
        services.AddSingleton(provider => new RtmHubProtocol(ActivatorUtilities.CreateInstance<JsonHubProtocol>(provider)));
        services.AddSingleton<IHubProtocol>(provider => provider.GetRequiredService<RtmHubProtocol>());
        services.AddSingleton<IHubProtocolResolver, RtmHubProtocolResolver>();
        services.AddSingleton<HubLifetimeManager<RtmHub>, RtmHubLifetimeManager>();
    }

    private static void AddValidatedOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : class =>
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();

    /// <summary>The user ids of the RTM family.</summary>
    private sealed class RtmUserIdRule : IUserIdRule
    {
        public bool IsValid(string userId) => UserId.TryParse(userId, out _);
    }
}
