using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>Registers the door for the RTM2 Go SDK.</summary>
internal static class GoWireServiceExtensions
{
    /// <summary>Adds the door. After the gateway, so that it opens later and shuts earlier.</summary>
    public static IServiceCollection AddGoWire(this IServiceCollection services)
    {
        services.AddOptions<GoWireOptions>()
            .BindConfiguration(GoWireOptions.SectionName)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<GoLoginCalls>().AddSingleton<GoStreamCalls>().AddSingleton<GoMessageCalls>();
        services.AddSingleton<GoMetadataCalls>().AddSingleton<GoLockCalls>().AddSingleton<GoPresenceCalls>();
        services.AddSingleton<GoCalls>();
        services.AddHostedService<GoWireService>();
        return services;
    }
}
