using ImOrleans.Domain.Conversations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace ImOrleans.Storage.MessageLog;

/// <summary>Registers the store of conversations. It is opened when the host starts, so that a broken one ends it.</summary>
public static class MessageLogExtensions
{
    /// <summary>Keeps conversations in a SQLite file of their own.</summary>
    public static IServiceCollection AddSqliteMessageLog(this IServiceCollection services, string path)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IMessageLog>(
            provider => new SqliteMessageLog(path, provider.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<IHostedService>(provider =>
        {
            // It is opened by being made.
            _ = provider.GetRequiredService<IMessageLog>();
            return new Opening(_ => Task.CompletedTask);
        });
    }

    /// <summary>Keeps conversations in PostgreSQL.</summary>
    /// <param name="services">The services of the silo.</param>
    /// <param name="connectionString">As Npgsql reads it.</param>
    public static IServiceCollection AddPostgresMessageLog(this IServiceCollection services, string connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(
            provider => new PostgresMessageLog(connectionString, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IMessageLog>(provider => provider.GetRequiredService<PostgresMessageLog>());
        return services.AddSingleton<IHostedService>(provider =>
            new Opening(provider.GetRequiredService<PostgresMessageLog>().OpenAsync));
    }
}
