using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>The rows of one storage in memory. Each step is atomic.</summary>
internal sealed class MemoryStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(GrainId Grain, string State), (BinaryData Data, string ETag)> _rows = [];
    private long _version;

    public (BinaryData Data, string ETag)? Read(GrainId grain, string state)
    {
        lock (_lock)
        {
            return _rows.TryGetValue((grain, state), out var row) ? row : null;
        }
    }

    /// <summary>
    /// Writes, or deletes when there is no data, if the version is the given one. Gives the stored version.
    /// </summary>
    public bool TryWrite(GrainId grain, string state, BinaryData? data, string? expected, out string? stored)
    {
        lock (_lock)
        {
            stored = _rows.TryGetValue((grain, state), out var row) ? row.ETag : null;
            if (!string.Equals(stored, expected, StringComparison.Ordinal))
            {
                return false;
            }

            if (data is null)
            {
                _rows.Remove((grain, state));
                stored = null;
            }
            else
            {
                stored = (++_version).ToString(System.Globalization.CultureInfo.InvariantCulture);
                _rows[(grain, state)] = (data, stored);
            }

            return true;
        }
    }
}
