using System.ComponentModel.DataAnnotations;
using ImOrleans.Gateway.Auth.Rtm2;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Auth;

/// <summary>Which tokens are accepted. Section <c>Auth</c>.</summary>
public sealed class AuthOptions
{
    /// <summary>The section these settings are in.</summary>
    public const string SectionName = "Auth";

    /// <summary>
    /// The longest time a token may still have to live when it is shown; one that lives longer is refused.
    /// </summary>
    /// <remarks>
    /// Range: 1 minute to 30 days. Default: 24 hours, as RTM2 has it. App servers must not issue for longer; a token
    /// of exactly this life is accepted even if the issuer's clock is ahead by <see cref="ClockSkew"/>.
    /// </remarks>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00",
        ErrorMessage = "Auth:TokenLifetimeMax must lie between 00:01:00 and 30.00:00:00.")]
    public TimeSpan TokenLifetimeMax { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How far an issuer's clock may be ahead of ours. It never prolongs a token.</summary>
    /// <remarks>Range: 0 to 5 minutes. Default: 1 minute.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00",
        ErrorMessage = "Auth:ClockSkew must lie between 00:00:00 and 00:05:00.")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The signature algorithms a token may name, out of HS256, HS384 and HS512.</summary>
    /// <remarks>
    /// Default: none listed, which means HS256 alone (a default in the list could not be configured away).
    /// </remarks>
    [MaxLength(3, ErrorMessage = "Auth:Algorithms may list at most 3 algorithms.")]
    public string[] Algorithms { get; set; } = [];

    /// <summary>Whether <c>POST /tk</c> hands a token for any user to anyone, outside Development too.</summary>
    /// <remarks>Default: false. In Development it always does. Never turn it on where strangers can connect.</remarks>
    public bool TestTokens { get; set; }

    /// <summary>What these settings ask of a token.</summary>
    /// <exception cref="InvalidOperationException">
    /// An algorithm is unknown; settings that passed validation have none.
    /// </exception>
    public JsonWebTokenRules ToRules() => new()
    {
        Algorithms = Algorithms.Length == 0 ? [JsonWebTokenAlgorithm.HS256] : [.. Algorithms.Select(Algorithm)],
        LifetimeMax = TokenLifetimeMax,
        ClockSkew = ClockSkew,
    };

    /// <summary>What these settings ask of an RTM2 access token.</summary>
    public Rtm2TokenRules ToAccessTokenRules() => new() { LifetimeMax = TokenLifetimeMax, ClockSkew = ClockSkew };

    private static JsonWebTokenAlgorithm Algorithm(string name) =>
        JsonWebTokenAlgorithm.Find(name)
        ?? throw new InvalidOperationException($"Auth:Algorithms lists '{name}', which is not supported.");
}

/// <summary>Checks the names of the algorithms.</summary>
internal sealed class AuthAlgorithmsValidator : IValidateOptions<AuthOptions>
{
    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        var known = string.Join(", ", JsonWebTokenAlgorithm.Supported);
        var failures = options.Algorithms
            .Select((algorithm, index) => (algorithm, index))
            .Where(entry => entry.algorithm is null || JsonWebTokenAlgorithm.Find(entry.algorithm) is null)
            .Select(entry => $"Auth:Algorithms:{entry.index} must be one of {known}.")
            .ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
