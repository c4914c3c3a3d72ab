using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Timers;

namespace ImOrleans.LocalRuntime;

/// <summary>Makes a host a silo of the Local runtime.</summary>
public static class LocalSiloServiceCollectionExtensions
{
    /// <summary>
    /// Adds one silo to this host: it starts and stops with it. Host code calls grains through
    /// <see cref="IGrainFactory"/> or <see cref="IClusterClient"/>.
    /// </summary>
    /// <param name="services">The services of the host, which are those of its grains too.</param>
    /// <param name="configure">Names the grain classes, storage and filters.</param>
    /// <param name="cluster">
    /// The cluster to join. When null, a cluster of one, on the registered <see cref="TimeProvider"/> and
    /// <see cref="ITurnScheduler"/>, else on the system's clock and the thread pool.
    /// </param>
    public static IServiceCollection AddLocalSilo(
        this IServiceCollection services,
        Action<ISiloBuilder>? configure = null,
        LocalCluster? cluster = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(static service => service.ServiceType == typeof(LocalSilo)))
        {
            throw new InvalidOperationException("A host has one silo.");
        }

        var options = new LocalSiloOptions();
        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(cluster?.Time ?? TimeProvider.System);
        if (cluster is null)
        {
            services.AddSingleton(static provider => new LocalCluster(
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<ITurnScheduler>()));
        }
        else
        {
            services.AddSingleton(cluster);
        }

        services.AddSingleton(_ => new ServiceLifetimes(services));
        services.AddSingleton(provider => new LocalSilo(
            provider, provider.GetRequiredService<LocalCluster>(), options));
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<LocalSilo>());
        services.AddSingleton<ILocalSiloDetails>(static provider => provider.GetRequiredService<LocalSilo>());
        services.AddSingleton<IClusterClient>(static provider => provider.GetRequiredService<LocalSilo>().References);
        services.AddSingleton<IGrainFactory>(static provider => provider.GetRequiredService<IClusterClient>());
        services.AddSingleton(static provider => provider.GetRequiredService<LocalSilo>().GrainRuntime);
        services.AddSingleton<IGrainRuntime>(static provider => provider.GetRequiredService<GrainRuntime>());
        services.AddSingleton<ITimerRegistry>(static provider => provider.GetRequiredService<GrainRuntime>());
        services.AddSingleton<IGrainContextAccessor>(static provider => provider.GetRequiredService<GrainRuntime>());
        configure?.Invoke(new SiloBuilder(services, options));
        return services;
    }
}
