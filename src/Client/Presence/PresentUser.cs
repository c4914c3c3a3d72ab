namespace ImOrleans.Client;

/// <summary>A user in a channel, whatever the number of its devices.</summary>
/// <param name="UserId">Who.</param>
/// <param name="State">What it says of itself; empty as well when that was not asked for.</param>
public sealed record PresentUser(string UserId, IReadOnlyDictionary<string, string> State);
