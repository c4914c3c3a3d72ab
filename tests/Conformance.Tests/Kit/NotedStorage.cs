using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans.Storage;

namespace ImOrleans.Conformance.Tests;

/// <summary>Holds states for all silos of this process, counts writes and can fail the next one of a grain.</summary>
internal sealed class NotedStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string Name, GrainId Grain), Record> _records = new();
    private readonly ConcurrentDictionary<GrainId, int> _writes = new();
    private readonly ConcurrentDictionary<GrainId, Exception> _failures = new();

    public static NotedStorage Instance { get; } = new();

    public int WritesOf(GrainId grain) => _writes.GetValueOrDefault(grain);

    public void FailNextWrite(GrainId grain, Exception exception) => _failures[grain] = exception;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = _records.GetValueOrDefault((stateName, grainId));
        grainState.State = record is null
            ? Activator.CreateInstance<T>()
            : JsonSerializer.Deserialize<T>(record.Json)!;
        grainState.ETag = record?.ETag!;
        grainState.RecordExists = record is not null;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _writes.AddOrUpdate(grainId, 1, static (_, count) => count + 1);
        if (_failures.TryRemove(grainId, out var failure))
            throw failure;
        var now = _records.GetValueOrDefault((stateName, grainId));
        if (now?.ETag != grainState.ETag)
            throw new InconsistentStateException("Someone else wrote.", now?.ETag, grainState.ETag);
        var next = new Record(
            JsonSerializer.Serialize(grainState.State),
            (int.Parse(now?.ETag ?? "0", CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture));
        _records[(stateName, grainId)] = next;
        grainState.ETag = next.ETag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _records.TryRemove((stateName, grainId), out _);
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null!;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private sealed record Record(string Json, string ETag);
}
