namespace ImOrleans.Client;

/// <summary>What is different in the state of a user.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="Set">The pairs that are new or have another value.</param>
/// <param name="RemovedKeys">The keys that are gone.</param>
public sealed record StateChange(
    string UserId, IReadOnlyDictionary<string, string> Set, IReadOnlyList<string> RemovedKeys);
