using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.Auth;

/// <summary>Where a request keeps the token it signed in with.</summary>
public static class VerifiedTokenExtensions
{
    private const string TokenTextItem = "token text";

    /// <summary>The token that the request signed in with, or null if it did not.</summary>
    /// <remarks>
    /// In a hub: <c>Context.GetHttpContext()?.GetVerifiedToken()</c>. With long polling SignalR gives the hub a copy
    /// of the first request that has its items but not its features, hence the two places.
    /// </remarks>
    public static VerifiedToken? GetVerifiedToken(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<VerifiedToken>() ?? context.Items[typeof(VerifiedToken)] as VerifiedToken;
    }

    /// <summary>The text of that token, to know it when it comes again.</summary>
    internal static string GetTokenText(this HttpContext context) =>
        context.Items[TokenTextItem] as string ?? "";

    internal static void SetVerifiedToken(this HttpContext context, VerifiedToken token, string text)
    {
        context.Features.Set(token);
        context.Items[typeof(VerifiedToken)] = token;
        context.Items[TokenTextItem] = text;
    }
}
