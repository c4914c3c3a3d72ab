namespace ImOrleans.Gateway.Auth;

/// <summary>The event ids of this folder: 6100 to 6199. A retired one stays as a comment.</summary>
internal static class AuthLogEvents
{
    public const int TokenRefused = 6100;
    public const int OriginRefused = 6110;
    public const int TestTokensOpen = 6120;
    public const int TestTokenIssued = 6121;
}
