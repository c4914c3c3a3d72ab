using System.Globalization;
using ImOrleans.Grains.SharedData;
using Orleans.Storage;

namespace ImOrleans.Simulation.Tests;

/// <summary>
/// A database on a machine of its own: what was sent to it arrives, whatever has become of the sender, some of it after the
/// sender has given it up.
/// </summary>
internal sealed class SimulatedStore(SimulatedWorld world, StoredHistory history, double lateRate) : IGrainStorage
{
    private readonly Dictionary<GrainId, Row> _rows = [];
    private long _versions;

    /// <summary>True: nothing is given up any more.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>True: it is out of reach for everybody.</summary>
    public bool IsDown { get; set; }

    /// <summary>How many writes landed after they had been given up.</summary>
    public long Landed { get; private set; }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => world.ApartAsync(() =>
    {
        ThrowIfDown();
        var row = _rows.GetValueOrDefault(grainId);
        grainState.State = (T)(object)(row?.State ?? new SharedDataState());
        grainState.ETag = row?.Version!;
        grainState.RecordExists = row is not null;
    });

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var next = (SharedDataState)(object)grainState.State!;
        var expected = grainState.ETag;
        if (!IsQuiet && world.IsMostly(lateRate))
        {
            _ = LandAsync(grainId, next, expected, world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
            throw new IOException("Given up; it may land yet.");
        }

        string? stored = null;
        await world.ApartAsync(() =>
        {
            ThrowIfDown();
            stored = Store(grainId, next, expected)
                ?? throw new InconsistentStateException("Somebody else wrote.", _rows[grainId].Version, expected);
        });
        grainState.ETag = stored!;
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new NotSupportedException("These states are never cleared.");

    private void ThrowIfDown()
    {
        if (IsDown)
            throw new IOException("The store is down.");
    }

    private async Task LandAsync(GrainId grainId, SharedDataState next, string? expected, TimeSpan delay)
    {
        await Task.Delay(delay, world.Clock);
        await world.ApartAsync(() => Landed += Store(grainId, next, expected) is null ? 0 : 1);
    }

    private string? Store(GrainId grainId, SharedDataState next, string? expected)
    {
        var row = _rows.GetValueOrDefault(grainId);
        if (row?.Version != expected)
            return null;
        var version = (++_versions).ToString(CultureInfo.InvariantCulture);
        _rows[grainId] = new(next, version);
        history.Add(grainId.Key.ToString()!, next);
        return version;
    }

    private sealed record Row(SharedDataState State, string Version);
}
