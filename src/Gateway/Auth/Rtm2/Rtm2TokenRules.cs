namespace ImOrleans.Gateway.Auth.Rtm2;

/// <summary>What an access token must satisfy beside its signature.</summary>
public sealed record Rtm2TokenRules
{
    /// <summary>The longest time a token may still have to live. Default: 24 hours.</summary>
    public TimeSpan LifetimeMax { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How far the issuer's clock may be ahead of ours. Default: 60 seconds.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(60);
}
