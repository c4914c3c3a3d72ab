using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace ImOrleans.Storage.GrainState;

/// <summary>Registers grain storage in SQLite.</summary>
public static class SqliteGrainStorageExtensions
{
    /// <summary>Adds a grain storage under a name, in a file of its own.</summary>
    /// <param name="services">The services of the silo.</param>
    /// <param name="name">The name that grains ask for; "Default" for those that name none.</param>
    /// <param name="path">Gives the file; it must not be shared with another storage name.</param>
    /// <remarks>States are turned into bytes by the registered <see cref="IGrainStorageSerializer"/>.</remarks>
    public static IServiceCollection AddSqliteGrainStorage(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, string> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return services.AddGrainStorage(name, (provider, _) => new SqliteGrainStorage(
            path(provider),
            provider.GetRequiredService<IGrainStorageSerializer>()));
    }
}
