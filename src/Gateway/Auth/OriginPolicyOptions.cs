using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Auth;

/// <summary>Which web pages may call. Section <c>Gateway</c>.</summary>
public sealed class OriginPolicyOptions
{
    /// <summary>The section these settings are in.</summary>
    public const string SectionName = "Gateway";

    /// <summary>The list as one setting, with commas; or entry by entry, as <c>Gateway:AllowedOrigins:0</c>.</summary>
    public const string Setting = "Gateway:AllowedOrigins";

    /// <summary>The most origins that can be listed.</summary>
    public const int OriginsMax = 256;

    /// <summary>
    /// The origins whose pages may call beside the server's own, such as <c>https://chat.example.com</c>.
    /// </summary>
    /// <remarks>
    /// Default: none. Range: at most 256. Scheme, host and port must match, without case; the scheme's own port may
    /// be left out; no path; international host names in their ASCII form. <c>*</c> allows every origin, the
    /// <c>null</c> of sandboxed and local pages too; <c>null</c> allows that one. In Development all are allowed.
    /// </remarks>
    public string[] AllowedOrigins { get; set; } = [];
}

/// <summary>Checks each entry of the list.</summary>
internal sealed class OriginPolicyOptionsValidator : IValidateOptions<OriginPolicyOptions>
{
    public ValidateOptionsResult Validate(string? name, OriginPolicyOptions options)
    {
        if (options.AllowedOrigins.Length > OriginPolicyOptions.OriginsMax)
            return ValidateOptionsResult.Fail(
                $"Gateway:AllowedOrigins may list at most {OriginPolicyOptions.OriginsMax} origins.");
        var failures = options.AllowedOrigins
            .Select((origin, index) => (origin, index))
            .Where(entry => entry.origin != OriginPolicy.Any && WebOrigin.Normalise(entry.origin) is null)
            .Select(entry =>
                $"Gateway:AllowedOrigins:{entry.index} must be an origin (https://chat.example.com), or *, or null.")
            .ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
