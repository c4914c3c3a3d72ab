using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ImOrleans.Silo;

/// <summary>Tells whoever started the server where it listens, and how to sign in to it.</summary>
internal sealed partial class StartupReport(
    IServer server, AppCredentials credentials, DataDirectory data, IConfiguration configuration,
    IHostEnvironment environment, IHostApplicationLifetime lifetime, ILogger<StartupReport> logger) : IHostedService
{
    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The addresses are known once the web server listens.
        lifetime.ApplicationStarted.Register(Report);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Report()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses)
            LogListening(logger, address, RtmEndpoints.HubPath, data.Path);
        LogApp(logger, credentials.Key);
        if (!environment.IsDevelopment() || !string.IsNullOrEmpty(configuration["App:Secret"]))
            return;
        var file = Path.Combine(data.Path, AppCredentialsStore.FileName);
        LogDevelopmentSecret(logger, credentials.Secret, file);
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information,
        Message = "ImOrleans listens on {Address}, the hub is at {HubPath}, data is kept in {DataDirectory}")]
    private static partial void LogListening(ILogger logger, string address, string hubPath, string dataDirectory);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "App key {AppKey}")]
    private static partial void LogApp(ILogger logger, string appKey);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning,
        Message = "App secret {AppSecret}: generated for development and kept in {File}. "
            + "Set App:Key, App:Secret and another environment before others can reach this server")]
    private static partial void LogDevelopmentSecret(ILogger logger, string appSecret, string file);
}
