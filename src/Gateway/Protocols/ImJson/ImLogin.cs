namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>What a client signs in with.</summary>
/// <param name="UserId">Who it says it is; empty when it does not say.</param>
/// <param name="AppId">For which app; 0 when it does not say.</param>
/// <param name="ServiceToken">What proves it; empty when it has none.</param>
internal readonly record struct ImLogin(string UserId, uint AppId, string ServiceToken);
