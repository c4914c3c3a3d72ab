namespace ImOrleans.Storage.GrainState;

/// <summary>Whether a write matched the stored version, and which version is stored now.</summary>
internal readonly record struct GrainStateWriteResult(bool Written, long? ETag);
