using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace ImOrleans.LocalRuntime;

/// <summary>Collects what a Local silo is made of.</summary>
internal sealed class SiloBuilder(IServiceCollection services, LocalSiloOptions options) : ISiloBuilder
{
    public IServiceCollection Services => services;

    public LocalSiloOptions Options => options;

    public IConfiguration Configuration { get; } =
        services.LastOrDefault(static service => service.ServiceType == typeof(IConfiguration))
            ?.ImplementationInstance as IConfiguration
        ?? new ConfigurationBuilder().Build();
}
