using ImOrleans.Gateway.Auth;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Hosting;

/// <summary>
/// Tells whoever started the server where it listens, how to sign in to it, and which settings nothing reads.
/// </summary>
/// <param name="server">The web server.</param>
/// <param name="content">What the process is.</param>
/// <param name="owned">The settings that it reads.</param>
/// <param name="configuration">The settings.</param>
/// <param name="environment">Development or not.</param>
/// <param name="lifetime">Of the process.</param>
/// <param name="logger">Where it is told.</param>
public sealed partial class StartupReport(
    IServer server, ServerContent content, OwnedSettings owned, IConfiguration configuration,
    IHostEnvironment environment, IHostApplicationLifetime lifetime, ILogger<StartupReport> logger) : IHostedService
{
    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var setting in owned.FindUnknown(configuration))
            LogUnknownSetting(logger, setting.Name, setting.Nearest);

        // The addresses are known once the web server listens.
        lifetime.ApplicationStarted.Register(Report);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Report()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var hub = content.App is null ? "no hub: it is a silo only" : $"the hub is at {RtmEndpoints.HubPath}";
        var data = content.DataDirectory is { } folder ? $"data is kept in {folder}" : "no data is kept on this machine";
        foreach (var address in addresses)
            LogListening(logger, address, hub, data);
        if (content.App is not { } app)
            return;
        LogApp(logger, app.Key);
        if (content.DataDirectory is not { } directory
            || !environment.IsDevelopment() || !string.IsNullOrEmpty(configuration["App:Secret"]))
            return;
        LogDevelopmentSecret(logger, app.Secret, Path.Combine(directory, AppCredentialsStore.FileName));
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "ImOrleans listens on {Address}, {Hub}, {Data}")]
    private static partial void LogListening(ILogger logger, string address, string hub, string data);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "App key {AppKey}")]
    private static partial void LogApp(ILogger logger, string appKey);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning,
        Message = "App secret {AppSecret}: generated for development and kept in {File}. "
            + "Set App:Key, App:Secret and another environment before others can reach this server")]
    private static partial void LogDevelopmentSecret(ILogger logger, string appSecret, string file);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Warning,
        Message = "Setting {Setting} has no effect: there is none of that name. The nearest is {Nearest}")]
    private static partial void LogUnknownSetting(ILogger logger, string setting, string nearest);
}
