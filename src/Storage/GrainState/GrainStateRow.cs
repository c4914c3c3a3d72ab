namespace ImOrleans.Storage.GrainState;

/// <summary>A stored state: its bytes and its version.</summary>
internal sealed record GrainStateRow(byte[] Payload, long ETag);
