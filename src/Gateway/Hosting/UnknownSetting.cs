namespace ImOrleans.Gateway.Hosting;

/// <summary>A setting that nothing reads.</summary>
/// <param name="Name">Its full name, as it was given.</param>
/// <param name="Nearest">The full name of the setting that is nearest to it.</param>
public sealed record UnknownSetting(string Name, string Nearest);
