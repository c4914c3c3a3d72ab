using ImOrleans.Gateway.Auth.Rtm2;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Auth;

/// <summary>Registers what this folder offers.</summary>
public static class AuthServiceExtensions
{
    /// <summary>
    /// Registers <see cref="AppCredentials"/> from the section <c>App</c> or, in Development, the data directory.
    /// </summary>
    /// <remarks>
    /// They are found when first asked for: ask for them at start, so that a missing setting ends the start.
    /// </remarks>
    /// <param name="services">Where to register.</param>
    /// <param name="dataDirectory">
    /// Where the server keeps its data; null for one that keeps none, and so must be given its credentials.
    /// </param>
    public static IServiceCollection AddAppCredentials(this IServiceCollection services, string? dataDirectory)
    {
        services.AddOptions<AppOptions>().BindConfiguration(AppOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AppOptions>, AppOptionsValidator>());
        services.AddSingleton(provider =>
        {
            var app = provider.GetRequiredService<IOptions<AppOptions>>().Value;
            var isDevelopment = provider.GetRequiredService<IHostEnvironment>().IsDevelopment();
            return AppCredentialsStore.LoadOrCreate(
                dataDirectory ?? "", app.Key, app.Secret, isDevelopment && dataDirectory is not null);
        });
        return services;
    }

    /// <summary>
    /// Registers the scheme <c>Bearer</c> as the default one, the check behind it, and the token issuer.
    /// </summary>
    /// <remarks>
    /// The host adds <see cref="AppCredentials"/> and an <see cref="IUserIdRule"/>. A host that accepts further kinds
    /// of token registers its own <see cref="ITokenVerifier"/> before or after, and can use the
    /// <see cref="JsonWebTokenVerifier"/> and the <see cref="Rtm2TokenVerifier"/> registered here.
    /// </remarks>
    public static IServiceCollection AddTokenAuthentication(this IServiceCollection services)
    {
        // By reflection: the generated validator drops the message of a range, which names the setting.
        services.AddOptions<AuthOptions>()
            .BindConfiguration(AuthOptions.SectionName)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<AuthOptions>, AuthAlgorithmsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new JsonWebTokenVerifier(
            provider.GetRequiredService<AppCredentials>().GetSigningKey(),
            provider.GetRequiredService<IOptions<AuthOptions>>().Value.ToRules()));
        services.TryAddSingleton(provider => new Rtm2TokenVerifier(
            provider.GetRequiredService<AppCredentials>(),
            provider.GetRequiredService<IOptions<AuthOptions>>().Value.ToAccessTokenRules()));
        services.TryAddSingleton<ITokenVerifier, TokenVerifiers>();
        services.TryAddSingleton<TokenAuthenticator>();
        services.TryAddSingleton<TokenIssuer>();
        services.AddAuthentication(BearerTokenHandler.SchemeName)
            .AddScheme<BearerTokenOptions, BearerTokenHandler>(BearerTokenHandler.SchemeName, null);
        services.AddAuthorization();
        return services;
    }

    /// <summary>Registers <see cref="OriginPolicy"/>; <see cref="UseOriginPolicy"/> applies it.</summary>
    public static IServiceCollection AddOriginPolicy(this IServiceCollection services)
    {
        services.AddOptions<OriginPolicyOptions>()
            .BindConfiguration(OriginPolicyOptions.SectionName)
            .Configure<IConfiguration>(static (options, configuration) =>
            {
                // On a command line or in the environment a list is mostly written as one text.
                if (configuration[OriginPolicyOptions.Setting] is { Length: > 0 } list)
                    options.AllowedOrigins = list.Split(',', StringSplitOptions.TrimEntries);
            })
            .ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<OriginPolicyOptions>, OriginPolicyOptionsValidator>());
        services.TryAddSingleton<OriginPolicy>();
        return services;
    }

    /// <summary>Applies <see cref="OriginPolicy"/> to everything below these paths, WebSockets included.</summary>
    /// <remarks>
    /// After forwarded headers, before authentication: a 401 must carry the CORS headers too, or the page cannot
    /// read it, and a preflight has no token.
    /// </remarks>
    /// <param name="app">The pipeline.</param>
    /// <param name="pathPrefixes">Whole segments, such as <c>/rtm</c>; at least one.</param>
    public static IApplicationBuilder UseOriginPolicy(this IApplicationBuilder app, params string[] pathPrefixes)
    {
        ArgumentNullException.ThrowIfNull(pathPrefixes);
        if (pathPrefixes.Length == 0) throw new ArgumentException("Name the paths to protect.", nameof(pathPrefixes));
        PathString[] prefixes = [.. pathPrefixes.Select(prefix => new PathString(prefix))];
        return app.UseMiddleware<OriginPolicyMiddleware>([prefixes]);
    }
}
