using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Grains.Hosting;
using ImOrleans.Storage;

namespace ImOrleans.Silo;

/// <summary>Puts silo and gateway into one web application.</summary>
public static class SiloHosting
{
    /// <summary>
    /// Adds everything that a single node needs. Fails when its data directory is in use or its settings are wrong.
    /// </summary>
    public static void AddImOrleans(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        // ASP.NET Core logs the whole address of a request at Information, and that of a connection holds its token.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // A host that cannot start ends with a line of its own instead of a stack.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        var data = new DataDirectory(builder.Configuration, builder.Environment);
        builder.Services.AddSingleton(data);
        builder.Services.AddSingleton(DataDirectoryLock.Acquire(data.Path));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddAppCredentials(data.Path);
        builder.AddGrainRuntime(data);
        builder.Services.AddGrainServices();
        builder.Services.AddGateway();
        builder.Services.AddHostedService<StartupReport>();
    }
}
