using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ImOrleans.Gateway.Auth;

/// <summary>
/// Origins of web pages in one spelling (RFC 6454): lower case, the port always written if it is known.
/// </summary>
internal static class WebOrigin
{
    /// <summary>What a page without an origin of its own sends.</summary>
    public const string Opaque = "null";

    private const int CharsMax = 512;

    /// <summary>The one spelling of <c>scheme://host[:port]</c> or <c>null</c>; null for anything else.</summary>
    public static string? Normalise(string? text)
    {
        if (text is null || text.Length > CharsMax) return null;
        if (text == Opaque) return Opaque;
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        return schemeEnd < 0 ? null : Normalise(text[..schemeEnd], text[(schemeEnd + 3)..]);
    }

    /// <summary>The same for an authority (<c>host[:port]</c>) and its scheme.</summary>
    public static string? Normalise(string scheme, string authority)
    {
        if (!IsScheme(scheme)) return null;
        scheme = scheme.ToLowerInvariant();
        var portAt = authority.LastIndexOf(':');
        if (portAt >= 0 && authority.IndexOf(']', portAt) >= 0) portAt = -1;
        if (NormaliseHost(portAt < 0 ? authority : authority[..portAt]) is not { } host) return null;

        int? port = (scheme, portAt) switch
        {
            (_, >= 0) => ParsePort(authority.AsSpan(portAt + 1)),
            ("http" or "ws", _) => 80,
            ("https" or "wss", _) => 443,
            _ => -1,
        };
        return port switch { null => null, -1 => $"{scheme}://{host}", _ => $"{scheme}://{host}:{port}" };
    }

    private static bool IsScheme(string text) =>
        text.Length > 0
        && char.IsAsciiLetter(text[0])
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '+' or '-' or '.');

    private static string? NormaliseHost(string text)
    {
        if (text is ['[', .., ']'])
            return IPAddress.TryParse(text[1..^1], out var address)
                && address.AddressFamily == AddressFamily.InterNetworkV6
                ? $"[{address}]"
                : null;
        return text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_')
            ? text.ToLowerInvariant()
            : null;
    }

    private static int? ParsePort(ReadOnlySpan<char> text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
}
