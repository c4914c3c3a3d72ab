using ImOrleans.Domain.History;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ImOrleans.Storage.ChannelHistory;

/// <summary>Registers the store of kept messages. It is opened when the host starts, so that a broken one ends it.</summary>
public static class ChannelHistoryExtensions
{
    /// <summary>Keeps messages in a SQLite file of its own.</summary>
    public static IServiceCollection AddSqliteChannelHistory(this IServiceCollection services, string path)
    {
        services.AddSingleton<IChannelHistory>(_ => new SqliteChannelHistory(path));
        return services.AddSingleton<IHostedService>(provider =>
        {
            // It is opened by being made.
            _ = provider.GetRequiredService<IChannelHistory>();
            return new Opening(_ => Task.CompletedTask);
        });
    }

    /// <summary>Keeps messages in PostgreSQL.</summary>
    /// <param name="services">The services of the silo.</param>
    /// <param name="connectionString">As Npgsql reads it.</param>
    public static IServiceCollection AddPostgresChannelHistory(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(_ => new PostgresChannelHistory(connectionString));
        services.AddSingleton<IChannelHistory>(provider => provider.GetRequiredService<PostgresChannelHistory>());
        return services.AddSingleton<IHostedService>(provider =>
            new Opening(provider.GetRequiredService<PostgresChannelHistory>().OpenAsync));
    }
}
