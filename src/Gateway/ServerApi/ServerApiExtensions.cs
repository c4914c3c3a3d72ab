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
            .AddSingleton<ChannelEndpoints>().AddSingleton<GroupEndpoints>().AddSingleton<MessageEndpoints>();
    }

    /// <summary>Maps the calls. They are signed, so no token is asked for.</summary>
    public static IEndpointRouteBuilder MapServerApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("").AllowAnonymous();
        var filter = endpoints.ServiceProvider.GetRequiredService<ServerApiFilter>();
        api.AddEndpointFilter(filter.InvokeAsync);
        var channels = endpoints.ServiceProvider.GetRequiredService<ChannelEndpoints>();
        Map(api, HttpMethods.Post, "/channel/publish", channels.PublishAsync);
        Map(api, HttpMethods.Get, "/channel/presence", context => channels.PresenceAsync(context.Request.Query));
        var groups = endpoints.ServiceProvider.GetRequiredService<GroupEndpoints>();
        Map(api, HttpMethods.Post, "/group/create", groups.CreateAsync);
        Map(api, HttpMethods.Post, "/group/join", groups.JoinAsync);
        Map(api, HttpMethods.Post, "/group/quit", groups.QuitAsync);
        Map(api, HttpMethods.Post, "/group/dismiss", groups.DismissAsync);
        Map(api, HttpMethods.Post, "/group/refresh", groups.RefreshAsync);
        Map(api, HttpMethods.Post, "/group/members", groups.MembersAsync);
        Map(api, HttpMethods.Post, "/group/sync", groups.SyncAsync);
        Map(api, HttpMethods.Post, "/user/groups", groups.ListAsync);
        var messages = endpoints.ServiceProvider.GetRequiredService<MessageEndpoints>();
        Map(api, HttpMethods.Post, "/message/private", messages.SendPrivateAsync);
        Map(api, HttpMethods.Post, "/message/group", messages.SendToGroupsAsync);
        Map(api, HttpMethods.Post, "/message/system", messages.SendSystemAsync);
        return endpoints;

        void Map(IEndpointRouteBuilder calls, string method, string path, Func<HttpContext, Task<IResult>> call)
        {
            calls.MapMethods(path, [method], (Delegate)call);

            // Whatever else is asked for there gets a body, too; nobody needs to sign to hear it.
            endpoints.Map(path, (Delegate)((HttpContext context) =>
            {
                context.Response.Headers.Allow = method;
                return ServerApiRefusal.Method(method).ToResult();
            })).AllowAnonymous();
        }
    }
}
