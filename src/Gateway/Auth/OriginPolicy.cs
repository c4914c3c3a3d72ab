using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Auth;

/// <summary>What the policy makes of a request.</summary>
public enum OriginVerdict
{
    /// <summary>No page sent it (no <c>Origin</c>): allowed, the token decides.</summary>
    NoOrigin,

    /// <summary>A page of this server sent it: allowed.</summary>
    SameOrigin,

    /// <summary>A page of another origin sent it, and that one is allowed.</summary>
    CrossOrigin,

    /// <summary>A page of an origin that is not allowed sent it.</summary>
    Refused,
}

/// <summary>Tells which web pages may call, by the <c>Origin</c> that browsers add.</summary>
/// <remarks>
/// Browsers open a WebSocket to any server without asking it first, so that this check is the only one between a
/// foreign page and a socket. It compares with the scheme and host the request came to: behind a proxy the forwarded
/// headers must be applied before, and the host filter (<c>AllowedHosts</c>) tells which hosts are ours.
/// </remarks>
public sealed class OriginPolicy
{
    /// <summary>The entry that allows every origin.</summary>
    public const string Any = "*";

    private readonly bool _allowsAny;
    private readonly bool _isUnset;
    private readonly FrozenSet<string> _allowed;

    /// <summary>The policy of these settings.</summary>
    public OriginPolicy(IOptions<OriginPolicyOptions> options, IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        var listed = options.Value.AllowedOrigins;
        _allowsAny = environment.IsDevelopment() || listed.Contains(Any);
        _isUnset = listed.Length == 0;
        _allowed = listed.Select(WebOrigin.Normalise).OfType<string>().ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Judges a request.</summary>
    public OriginVerdict Judge(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var header = request.Headers.Origin;
        if (header.Count == 0) return OriginVerdict.NoOrigin;
        if (header.Count > 1 || WebOrigin.Normalise(header[0]) is not { } origin) return OriginVerdict.Refused;
        if (origin == WebOrigin.Normalise(request.Scheme, request.Host.Value ?? "")) return OriginVerdict.SameOrigin;
        return _allowsAny || _allowed.Contains(origin) ? OriginVerdict.CrossOrigin : OriginVerdict.Refused;
    }

    /// <summary>
    /// Judges a request to a door that signs in by a message: nothing that a browser adds counts there, so that without a
    /// list every origin may come.
    /// </summary>
    public OriginVerdict JudgeOpen(HttpRequest request)
    {
        var verdict = Judge(request);
        return verdict == OriginVerdict.Refused && _isUnset ? OriginVerdict.CrossOrigin : verdict;
    }
}
