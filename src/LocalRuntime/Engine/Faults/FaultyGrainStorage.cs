using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace ImOrleans.LocalRuntime;

/// <summary>A bad storage before a good one, the same for the same seed and the same operations.</summary>
/// <remarks>
/// Failures are <see cref="IOException"/>, as of a disk or a connection. A write that fails with an unknown outcome has
/// been made: the version in the caller's hands is the old one then, as it is when a database commits and the answer
/// gets lost.
/// </remarks>
public sealed class FaultyGrainStorage : IGrainStorage
{
    private readonly Lock _lock = new();
    private readonly IGrainStorage _inner;
    private readonly TimeProvider _time;
    private readonly StorageFaultOptions _options;
    private readonly Random _random;

    public FaultyGrainStorage(IGrainStorage inner, TimeProvider time, int seed, StorageFaultOptions options)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(options);
        _inner = inner;
        _time = time;
        _options = options;
        _random = new Random(seed);
    }

    /// <summary>True to let every operation through.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>How many operations failed so far, whatever became of them.</summary>
    public long Failures { get; private set; }

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var fate = Draw();
        await DelayAsync(fate);
        ThrowIfLost(fate.Fails);
        await _inner.ReadStateAsync(stateName, grainId, grainState);
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ChangeAsync(grainState, state => _inner.WriteStateAsync(stateName, grainId, state));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ChangeAsync(grainState, state => _inner.ClearStateAsync(stateName, grainId, state));

    private async Task ChangeAsync<T>(IGrainState<T> grainState, Func<IGrainState<T>, Task> change)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var fate = Draw();
        await DelayAsync(fate);
        ThrowIfLost(fate.Fails);
        if (fate.IsInconsistent)
        {
            Count();
            throw new InconsistentStateException("Someone else wrote.", "another", grainState.ETag);
        }

        if (!fate.IsUnknown)
        {
            await change(grainState);
            return;
        }

        // On a copy: the caller learns nothing of the new version.
        await change(new GrainState<T>(grainState.State!, grainState.ETag!) { RecordExists = grainState.RecordExists });
        Count();
        throw new IOException("The answer of the storage did not arrive.");
    }

    private Fate Draw()
    {
        lock (_lock)
        {
            return IsQuiet
                ? default
                : new Fate(
                    Happens(_options.FailureRate),
                    Happens(_options.UnknownOutcomeRate),
                    Happens(_options.InconsistencyRate),
                    Happens(_options.DelayRate) ? _options.MaxDelay * _random.NextDouble() : TimeSpan.Zero);
        }
    }

    private Task DelayAsync(Fate fate) =>
        fate.Delay == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(fate.Delay, _time);

    private void ThrowIfLost(bool fails)
    {
        if (fails)
        {
            Count();
            throw new IOException("The storage cannot be reached.");
        }
    }

    private void Count()
    {
        lock (_lock)
        {
            Failures++;
        }
    }

    private bool Happens(double rate) => rate > 0 && _random.NextDouble() < rate;

    private readonly record struct Fate(bool Fails, bool IsUnknown, bool IsInconsistent, TimeSpan Delay);
}
