using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace ImOrleans.LocalRuntime;

/// <summary>Grain storage in memory: keeps serialised copies and checks versions as a database would.</summary>
internal sealed class MemoryGrainStorage(MemoryStore store, IGrainStorageSerializer serializer) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (store.Read(grainId, stateName) is var (data, etag))
        {
            grainState.State = serializer.Deserialize<T>(data);
            grainState.ETag = etag;
            grainState.RecordExists = true;
        }
        else
        {
            Reset(grainState);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var data = serializer.Serialize(grainState.State);
        grainState.ETag = Write(stateName, grainId, data, grainState.ETag);
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Write(stateName, grainId, null, grainState.ETag);
        Reset(grainState);
        return Task.CompletedTask;
    }

    private static void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = StateFactory.Create<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private string? Write(string stateName, GrainId grainId, BinaryData? data, string? expected) =>
        store.TryWrite(grainId, stateName, data, expected, out var stored)
            ? stored
            : throw new InconsistentStateException(
                $"State '{stateName}' of {grainId} was written by someone else.", stored, expected);
}
