using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Hosting;

/// <summary>Runs a server process, whatever it is composed of, from its command line to its exit status.</summary>
public static class ServerHost
{
    /// <summary>
    /// The longest that a process takes to end once it is asked to, whatever its services do. Whoever kills what does
    /// not stop must wait longer.
    /// </summary>
    public static readonly TimeSpan StopMax = TimeSpan.FromSeconds(35);

    /// <summary>
    /// How long its services may take: longer than a gateway needs to tell its clients, and a silo to let its grains go.
    /// </summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    /// <summary>Composes the server and runs it until it is asked to stop (SIGTERM, Ctrl+C).</summary>
    /// <param name="args">The command line: settings.</param>
    /// <param name="compose">Adds the services.</param>
    /// <param name="map">Builds the pipeline.</param>
    /// <returns>
    /// The exit status: 0 after a stop, 1 when the server cannot start; a line on standard error tells why.
    /// </returns>
    public static async Task<int> RunAsync(
        string[] args, Action<WebApplicationBuilder> compose, Action<WebApplication> map)
    {
        ArgumentNullException.ThrowIfNull(compose);
        ArgumentNullException.ThrowIfNull(map);
        var isStarted = false;
        try
        {
            var builder = WebApplication.CreateBuilder(args);
            // ASP.NET Core logs the whole address of a request at Information, and that of a connection holds its token.
            builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
            // A host that cannot start ends with a line of its own instead of a stack.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
            if (builder.Configuration["Logging:LogLevel:Orleans"] is null)
                builder.Logging.AddFilter("Orleans", LogLevel.Warning);
            builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopPatience);
            compose(builder);
            await using var app = builder.Build();
            app.Lifetime.ApplicationStarted.Register(() => isStarted = true);
            app.Lifetime.ApplicationStopping.Register(EndInTime);
            map(app);
            await app.RunAsync();
            return 0;
        }
        catch (Exception refused) when (!isStarted)
        {
            // Mostly a setting, a port or a folder to put right, not a defect: the message says which.
            await Console.Error.WriteLineAsync($"The server cannot start: {Explain(refused)}");
            return 1;
        }
    }

    /// <summary>
    /// A silo that cannot write that it leaves, since the database is away, would go on trying after its time is up.
    /// </summary>
    private static void EndInTime()
    {
        var guard = new Thread(() =>
        {
            Thread.Sleep(StopMax);
            Console.Error.WriteLine($"The server did not stop within {StopMax.TotalSeconds:0} s, and ends as it is.");
            Environment.Exit(1);
        });
        guard.IsBackground = true;
        guard.Start();
    }

    private static string Explain(Exception refused) => refused switch
    {
        OptionsValidationException { OptionsType: { } type } invalid =>
            $"{type.GetField("SectionName", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue()}: "
            + string.Join(" ", invalid.Failures),
        { InnerException: { } cause } => $"{refused.Message} {cause.Message}",
        _ => refused.Message,
    };
}
