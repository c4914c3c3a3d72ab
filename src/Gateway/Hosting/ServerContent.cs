using ImOrleans.Gateway.Auth;

namespace ImOrleans.Gateway.Hosting;

/// <summary>What a server process is composed of.</summary>
/// <param name="App">The app that its gateway serves; null when it has no gateway.</param>
/// <param name="DataDirectory">Where it keeps data; null when it keeps none.</param>
public sealed record ServerContent(AppCredentials? App, string? DataDirectory);
