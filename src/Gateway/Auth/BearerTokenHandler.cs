using System.Security.Claims;
using System.Text.Encodings.Web;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Protocols;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ImOrleans.Gateway.Auth;

/// <summary>The authentication scheme <c>Bearer</c>: signs a request in by its token.</summary>
/// <remarks>
/// The token comes in <c>Authorization: Bearer</c>, or on the hub's paths in the query <c>access_token</c>; if both
/// are there, the header counts alone. The principal's name identifier is the user id; what else the token says is
/// in <see cref="VerifiedTokenExtensions.GetVerifiedToken"/>. A challenge answers 401 with
/// <c>{"code","error","message","retryable"}</c>: 10005 without a token or with a bad one, 10009 expired, 10006 for a
/// user id that is not allowed.
/// </remarks>
public sealed partial class BearerTokenHandler(
    IOptionsMonitor<BearerTokenOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    TokenAuthenticator authenticator)
    : AuthenticationHandler<BearerTokenOptions>(options, loggers, encoder)
{
    /// <summary>The name of the scheme.</summary>
    public const string SchemeName = "Bearer";

    private Refusal? _failure;

    /// <inheritdoc />
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    /// <inheritdoc />
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await HandleAuthenticateOnceSafeAsync();
        // RFC 6750 §3.1: who sent no token is not told of an error.
        Response.Headers.WWWAuthenticate = _failure is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        await RefusalResponse.WriteAsync(
            Response,
            StatusCodes.Status401Unauthorized,
            _failure ?? new Refusal(ErrorCode.InvalidToken, "The request carries no token."));
    }

    private AuthenticateResult Authenticate()
    {
        if (!TryFindToken(out var token)) return AuthenticateResult.NoResult();
        var verdict = token is null
            ? new Refusal(ErrorCode.InvalidToken, "The request carries more than one token in one place.")
            : authenticator.CheckLogin(token);
        if (!verdict.IsAccepted)
        {
            _failure = verdict.Refusal;
            LogTokenRefused(Logger, (int)_failure.Code, _failure.Message ?? "");
            return AuthenticateResult.Fail(_failure.Message ?? "");
        }

        Context.SetVerifiedToken(verdict.Value, token!);
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, verdict.Value.UserId)],
            Scheme.Name,
            ClaimTypes.NameIdentifier,
            ClaimTypes.Role);
        var properties = new AuthenticationProperties { ExpiresUtc = verdict.Value.ExpiresAt };
        return AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(identity), properties, Scheme.Name));
    }

    /// <summary>False if there is none; true with null if there are several and none is to be preferred.</summary>
    private bool TryFindToken(out string? token)
    {
        token = null;
        var headers = Request.Headers.Authorization;
        if (headers.Any(IsBearer))
        {
            if (headers.Count == 1) token = headers[0]![SchemeName.Length..].Trim(' ');
            return true;
        }

        if (!IsQueryTokenPath() || !Request.Query.TryGetValue("access_token", out StringValues query)) return false;
        if (query.Count == 1) token = query[0] ?? "";
        return true;
    }

    private bool IsQueryTokenPath()
    {
        var path = Request.Path.Value is { Length: > 1 } value ? new PathString(value.TrimEnd('/')) : Request.Path;
        return Options.QueryTokenPaths.Contains(path);
    }

    private static bool IsBearer(string? header) =>
        header is not null
        && header.StartsWith(SchemeName, StringComparison.OrdinalIgnoreCase)
        && (header.Length == SchemeName.Length || header[SchemeName.Length] == ' ');
}
