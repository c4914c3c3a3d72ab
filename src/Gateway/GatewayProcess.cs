using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Gateway;

/// <summary>A gateway as a process of its own, a client of the cluster.</summary>
internal static class GatewayProcess
{
    /// <summary>Adds everything that such a process needs.</summary>
    public static void AddGatewayProcess(this WebApplicationBuilder builder)
    {
        // Before the gateway, since services stop in the reverse order.
        builder.AddGrainRuntime(builder.Configuration.ReadSettings<ClusterOptions>(ClusterOptions.SectionName));
        builder.Services.AddAppCredentials(dataDirectory: null);
        builder.Services.AddGateway();
        builder.Services.AddSingleton(
            provider => new ServerContent(provider.GetRequiredService<AppCredentials>(), DataDirectory: null));
        builder.Services.AddSingleton(new OwnedSettings(typeof(GatewayProcess).Assembly));
        builder.Services.AddHostedService<StartupReport>();
    }
}
