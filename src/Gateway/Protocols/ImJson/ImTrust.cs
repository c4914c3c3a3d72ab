using ImOrleans.Gateway.Auth;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>Whom the door believes: as the operator says, or else everybody where <c>POST /tk</c> would help them anyway.</summary>
internal sealed class ImTrust(IOptions<ImOptions> options, IOptions<AuthOptions> auth, IHostEnvironment environment)
{
    private readonly bool _isTest = environment.IsDevelopment() || auth.Value.TestTokens;

    /// <summary>Whether users are who they say.</summary>
    public bool AcceptsWithoutToken => options.Value.AcceptWithoutToken ?? _isTest;

    /// <summary>Whether HTTP calls need no signature.</summary>
    public bool HasOpenHttp => options.Value.OpenHttp ?? AcceptsWithoutToken;
}
