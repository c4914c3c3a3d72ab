using ImOrleans.Gateway.Protocols.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>Puts the chat room door into a gateway.</summary>
internal static class RoomServiceExtensions
{
    /// <summary>The address of the rooms.</summary>
    public const string RoomPath = "/room";

    /// <summary>The address that takes important messages.</summary>
    public const string MessagePath = "/msg";

    public static IServiceCollection AddRooms(this IServiceCollection services)
    {
        services.AddOptions<RoomOptions>()
            .BindConfiguration(RoomOptions.SectionName)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        return services.AddSingleton<RoomSignIn>().AddSingleton<RoomDoor>().AddSingleton<RoomMessageEndpoint>();
    }

    /// <summary>Maps the door, unless it is switched off. Its tokens come within the protocol.</summary>
    public static IEndpointRouteBuilder MapRooms(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        if (!services.GetRequiredService<IOptions<RoomOptions>>().Value.Enabled)
            return endpoints;
        endpoints.MapSockets(RoomPath, services.GetRequiredService<RoomDoor>().ServeAsync);
        endpoints.Map(MessagePath, services.GetRequiredService<RoomMessageEndpoint>().HandleAsync).AllowAnonymous();
        return endpoints;
    }
}
