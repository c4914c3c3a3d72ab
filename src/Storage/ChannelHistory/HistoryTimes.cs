using ImOrleans.Domain.History;

namespace ImOrleans.Storage.ChannelHistory;

/// <summary>Gives the messages of a transaction times that rise within each history.</summary>
internal sealed class HistoryTimes
{
    private readonly Dictionary<HistoryKey, long> _last = [];

    /// <summary>Whether the last time of a history is known.</summary>
    public bool Knows(HistoryKey key) => _last.ContainsKey(key);

    /// <summary>The last time of a history that is stored; zero when it has no messages.</summary>
    public void Learn(HistoryKey key, long lastUnixMs) => _last[key] = lastUnixMs;

    /// <summary>The next time of a history: the one that is wanted, or the first that is free after the last.</summary>
    public long Next(HistoryKey key, long wantedUnixMs) => _last[key] = Math.Max(wantedUnixMs, _last[key] + 1);
}
