namespace ImOrleans.Bench.Load;

/// <summary>Takes a record of the protocol, which is gone when it returns.</summary>
internal delegate void RecordHandler(ReadOnlySpan<byte> record);
