using System.Globalization;
using Orleans.Storage;

namespace ImOrleans.Storage.GrainState;

/// <summary>
/// Grain states in one SQLite file. A write is on disk before it returns, and succeeds only against the version
/// that was read.
/// </summary>
public sealed class SqliteGrainStorage : IGrainStorage, IAsyncDisposable
{
    private readonly SqliteGrainStateStore _store;
    private readonly IGrainStorageSerializer _serializer;

    /// <summary>Opens the file, creating it when it is missing, and brings its tables up to date.</summary>
    /// <exception cref="StorageUnavailableException">The file cannot be used; the message says why.</exception>
    public SqliteGrainStorage(string path, IGrainStorageSerializer serializer)
        : this(path, serializer, pagesMax: null)
    {
    }

    /// <summary>
    /// As the public constructor, with bounds on the file and on waiting, to see what happens at them.
    /// </summary>
    internal SqliteGrainStorage(
        string path,
        IGrainStorageSerializer serializer,
        int? pagesMax,
        TimeSpan? busyTimeout = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(serializer);
        _store = new SqliteGrainStateStore(path, pagesMax, busyTimeout);
        _serializer = serializer;
    }

    /// <inheritdoc />
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await _store.ReadAsync(new GrainStateKey(grainId, stateName));
        if (row is null)
        {
            Reset(grainState);
            return;
        }

        grainState.State = _serializer.Deserialize<T>(new BinaryData(row.Payload))!;
        grainState.ETag = Format(row.ETag);
        grainState.RecordExists = true;
    }

    /// <inheritdoc />
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = _serializer.Serialize(grainState.State).ToArray();
        grainState.ETag = await WriteAsync(stateName, grainId, payload, grainState.ETag);
        grainState.RecordExists = true;
    }

    /// <inheritdoc />
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await WriteAsync(stateName, grainId, null, grainState.ETag);
        Reset(grainState);
    }

    /// <summary>Ends after the writes that wait.</summary>
    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null!;
        grainState.RecordExists = false;
    }

    private static string? Format(long? etag) => etag?.ToString(CultureInfo.InvariantCulture);

    private async Task<string?> WriteAsync(string stateName, GrainId grainId, byte[]? payload, string? etag)
    {
        long? expected = string.IsNullOrEmpty(etag) ? null : long.Parse(etag, CultureInfo.InvariantCulture);
        var result = await _store.WriteAsync(new GrainStateKey(grainId, stateName), payload, expected);
        return result.Written
            ? Format(result.ETag)
            : throw new InconsistentStateException(
                $"State '{stateName}' of {grainId} was written by someone else.", Format(result.ETag), etag);
    }
}
