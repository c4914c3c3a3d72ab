using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace ImOrleans.LocalRuntime;

/// <summary>Makes a silo's surroundings worse than they are.</summary>
public static class FaultSiloBuilderExtensions
{
    /// <summary>Puts a storage before another, which is registered under a name of its own.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The name under which grains ask for it.</param>
    /// <param name="inner">The name of the storage behind it.</param>
    /// <param name="create">Makes it, mostly a <see cref="FaultyGrainStorage"/>, of the storage behind and the clock.</param>
    public static ISiloBuilder AddFaultyGrainStorage(
        this ISiloBuilder builder, string name, string inner, Func<IGrainStorage, TimeProvider, IGrainStorage> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(create);
        builder.Services.AddGrainStorage(name, (services, _) => create(
            services.GetRequiredKeyedService<IGrainStorage>(inner), services.GetRequiredService<TimeProvider>()));
        return builder;
    }
}
