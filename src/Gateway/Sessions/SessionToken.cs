namespace ImOrleans.Gateway.Sessions;

/// <summary>A token that was accepted. The text is kept only to know the same one when it comes again.</summary>
internal sealed record SessionToken(string Text, DateTimeOffset ExpiresAt);
