using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.Auth;

/// <summary>How the scheme <c>Bearer</c> finds a token.</summary>
public sealed class BearerTokenOptions : AuthenticationSchemeOptions
{
    /// <summary>
    /// The paths where the query <c>access_token</c> may carry the token; nowhere else is it looked at.
    /// </summary>
    /// <remarks>
    /// Default: the hub and its negotiation. Browsers cannot set a header on a WebSocket; elsewhere a token in an
    /// address would only end in access logs. Compared whole, without case, a slash at the end aside.
    /// </remarks>
    public IList<PathString> QueryTokenPaths { get; } = ["/rtm", "/rtm/negotiate"];
}
