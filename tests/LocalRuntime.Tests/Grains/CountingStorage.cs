using Orleans.Storage;

namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Counts writes and can fail the next one.</summary>
internal sealed class CountingStorage(IGrainStorage inner) : IGrainStorage
{
    public int Writes { get; private set; }

    public Exception? FailNextWrite { get; set; }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Writes++;
        if (FailNextWrite is { } failure)
        {
            FailNextWrite = null;
            throw failure;
        }

        return inner.WriteStateAsync(stateName, grainId, grainState);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ClearStateAsync(stateName, grainId, grainState);
}
