using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Protocols.WebSockets;
using ImOrleans.Gateway.ServerApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>Puts the door for the IM protocol over JSON into a gateway.</summary>
internal static partial class ImDoorExtensions
{
    /// <summary>The address of its WebSockets.</summary>
    public const string Path = "/im";

    /// <summary>The same in the project that the protocol comes from.</summary>
    public const string OtherPath = "/acc";

    private const int BodyBytesMax = 1024 * 1024;

    private static readonly FormOptions FormLimits = new()
    {
        ValueCountLimit = 16,
        KeyLengthLimit = 256,
        ValueLengthLimit = BodyBytesMax,
        MultipartBodyLengthLimit = BodyBytesMax,
        MultipartHeadersCountLimit = 8,
        MultipartHeadersLengthLimit = 1024,
    };

    /// <summary>The addresses of its HTTP calls.</summary>
    public static string[] HttpPaths { get; } =
        ["/user/list", "/user/online", "/user/sendMessage", "/user/sendMessageAll", "/system/state"];

    /// <summary>Adds the door.</summary>
    public static IServiceCollection AddImDoor(this IServiceCollection services)
    {
        services.AddOptions<ImOptions>().BindConfiguration(ImOptions.SectionName)
            .ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<ImTrust>().AddSingleton<ImLoginCalls>().AddSingleton<ImApp>()
            .AddSingleton<ImDoor>().AddSingleton<ImHttpCalls>();
    }

    /// <summary>Maps the door and its HTTP calls, unless it is switched off.</summary>
    public static IEndpointRouteBuilder MapImDoor(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        if (!services.GetRequiredService<IOptions<ImOptions>>().Value.Enabled)
            return endpoints;
        var door = services.GetRequiredService<ImDoor>();
        var health = services.GetRequiredService<GatewayHealth>();
        foreach (var path in (string[])[Path, OtherPath])
            endpoints.MapSockets(path, context => ServeAsync(context, door, health));

        var trust = services.GetRequiredService<ImTrust>();
        var logger = services.GetRequiredService<ILogger<ImDoor>>();
        if (trust.AcceptsWithoutToken)
            LogOpen(logger);
        if (trust.HasOpenHttp)
            LogOpenHttp(logger);
        var calls = services.GetRequiredService<ImHttpCalls>();
        var http = endpoints.MapGroup("").AllowAnonymous();
        http.AddEndpointFilter(new ImHttpFilter(
            trust, services.GetRequiredService<CallSignature>(), services.GetRequiredService<ServerCalls>()).InvokeAsync);
        Map(HttpMethods.Get, HttpPaths[0], context => calls.ListAsync(context.Request.Query));
        Map(HttpMethods.Get, HttpPaths[1], context => calls.OnlineAsync(context.Request.Query));
        Map(HttpMethods.Post, HttpPaths[2], context => WithFormAsync(context, calls.SendAsync));
        Map(HttpMethods.Post, HttpPaths[3], context => WithFormAsync(context, calls.SendToAllAsync));
        Map(HttpMethods.Get, HttpPaths[4], _ => Task.FromResult(calls.State()));
        return endpoints;

        void Map(string method, string path, Func<HttpContext, Task<ImAnswer>> call) =>
            http.MapMethods(path, [method], (Delegate)call);
    }

    private static Task ServeAsync(HttpContext context, ImDoor door, GatewayHealth health) => health.IsReady
        ? door.ServeAsync(context)
        : RefusalResponse.WriteAsync(context.Response, StatusCodes.Status503ServiceUnavailable, new(
            Domain.Errors.ErrorCode.LoginNoServerResources,
            "The gateway is starting or stopping; connect again later."));

    /// <summary>Calls with the form that was sent; one that cannot be read is a parameter error.</summary>
    private static async Task<ImAnswer> WithFormAsync(HttpContext context, Func<IFormCollection, Task<ImAnswer>> call)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = BodyBytesMax;
        if (!context.Request.HasFormContentType)
            return new(ImCode.ParameterIllegal);
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(FormLimits, context.RequestAborted);
        }
        catch (Exception malformed) when (malformed is InvalidDataException or IOException)
        {
            return new(ImCode.ParameterIllegal);
        }

        return await call(form);
    }

    [LoggerMessage(EventId = ImLogEvents.Open, Level = LogLevel.Warning,
        Message = "/im believes anyone to be any user: this is Development, or Im:AcceptWithoutToken is on")]
    private static partial void LogOpen(ILogger logger);

    [LoggerMessage(EventId = ImLogEvents.OpenHttp, Level = LogLevel.Warning,
        Message = "The HTTP calls of /im are open to anyone: this is Development, or Im:OpenHttp is on")]
    private static partial void LogOpenHttp(ILogger logger);
}
