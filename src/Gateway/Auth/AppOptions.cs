using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Auth;

/// <summary>Which app this server serves. Section <c>App</c>.</summary>
public sealed class AppOptions
{
    /// <summary>The section these settings are in.</summary>
    public const string SectionName = "App";

    /// <summary>The app id, 32 hexadecimal digits.</summary>
    /// <remarks>
    /// Default: none; in Development one is made once and kept, elsewhere the server does not start without.
    /// </remarks>
    [RegularExpression("^[0-9A-Fa-f]{32}$", ErrorMessage = "App:Key must be 32 hexadecimal digits.")]
    public string? Key { get; set; }

    /// <summary>The app secret, 32 hexadecimal digits; it signs tokens and server calls.</summary>
    /// <remarks>
    /// Default: as for <see cref="Key"/>. The key of every HMAC is the UTF-8 text of the secret in lower case; see
    /// <see cref="AppCredentials"/>.
    /// </remarks>
    [RegularExpression("^[0-9A-Fa-f]{32}$", ErrorMessage = "App:Secret must be 32 hexadecimal digits.")]
    public string? Secret { get; set; }
}

/// <summary>Checks the annotations of <see cref="AppOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class AppOptionsValidator : IValidateOptions<AppOptions>;
