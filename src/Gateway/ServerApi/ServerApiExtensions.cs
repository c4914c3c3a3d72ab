using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>Puts the HTTP API for app servers into a gateway.</summary>
internal static class ServerApiExtensions
{
    public static IServiceCollection AddServerApi(this IServiceCollection services)
    {
        services.AddOptions<ServerApiOptions>().BindConfiguration(ServerApiOptions.SectionName)
            .ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<CallSignature>().AddSingleton<ServerCalls>().AddSingleton<ServerApiFilter>()
            .AddSingleton<ChannelEndpoints>();
    }

    /// <summary>Maps the calls. They are signed, so no token is asked for.</summary>
    public static IEndpointRouteBuilder MapServerApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("").AllowAnonymous();
        var filter = endpoints.ServiceProvider.GetRequiredService<ServerApiFilter>();
        api.AddEndpointFilter(filter.InvokeAsync);
        var channels = endpoints.ServiceProvider.GetRequiredService<ChannelEndpoints>();
        api.MapPost("/channel/publish", (Delegate)((HttpContext context) => channels.PublishAsync(context)));
        api.MapGet("/channel/presence", (Delegate)((HttpContext context) => channels.PresenceAsync(context.Request.Query)));
        return endpoints;
    }
}
