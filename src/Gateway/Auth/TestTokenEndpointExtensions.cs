using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Auth;

/// <summary>Maps the endpoint that hands out test tokens.</summary>
public static class TestTokenEndpointExtensions
{
    /// <summary>
    /// Maps <c>POST /tk</c>, which gives anyone a token for any user; in Development or with <c>Auth:TestTokens</c>
    /// only, otherwise it maps nothing.
    /// </summary>
    /// <remarks>
    /// Needs <see cref="AuthServiceExtensions.AddTokenAuthentication"/>. It answers any origin itself.
    /// </remarks>
    public static IEndpointRouteBuilder MapTestTokens(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var isDevelopment = services.GetRequiredService<IHostEnvironment>().IsDevelopment();
        if (!isDevelopment && !services.GetRequiredService<IOptions<AuthOptions>>().Value.TestTokens) return endpoints;

        var endpoint = ActivatorUtilities.CreateInstance<TestTokenEndpoint>(services);
        TestTokenEndpoint.LogTestTokensOpen(services.GetRequiredService<ILogger<TestTokenEndpoint>>());
        endpoints.Map("/tk", endpoint.HandleAsync).AllowAnonymous();
        return endpoints;
    }
}
