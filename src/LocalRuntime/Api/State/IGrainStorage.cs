using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>Keeps states of grains. A write or a clear succeeds only against the version it was given.</summary>
public interface IGrainStorage
{
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Throws <see cref="InconsistentStateException"/> when the stored version is another.</summary>
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Throws <see cref="InconsistentStateException"/> when the stored version is another.</summary>
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
}
