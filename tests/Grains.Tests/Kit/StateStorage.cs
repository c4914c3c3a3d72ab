using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ImOrleans.Grains.Inboxes;
using ImOrleans.Grains.SharedData;
using ImOrleans.Grains.Storing;
using Orleans.Storage;

namespace ImOrleans.Grains.Tests.Kit;

/// <summary>What goes wrong with the next write.</summary>
internal enum StateFailure
{
    /// <summary>Nothing is stored, and the caller hears of an error.</summary>
    Lost,

    /// <summary>It is stored, and the caller hears of an error.</summary>
    Unheard,

    /// <summary>The caller hears of an error; it is stored when the test says so, if its version still fits.</summary>
    Late,
}

/// <summary>
/// Keeps the states of all silos of a test as a database would: serialised, compared by version; and fails as told.
/// </summary>
internal sealed class StateStorage : IGrainStorage
{
    private static readonly JsonSerializerOptions Json = new()
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(SharedDataJson.Default, InboxJson.Default),
    };

    private readonly ConcurrentDictionary<(string State, GrainId Grain), Row> _rows = new();
    private readonly ConcurrentQueue<(StateFailure? Failure, Action? Meanwhile)> _failures = new();
    private readonly ConcurrentQueue<Func<bool>> _late = new();
    private int _reads;

    /// <summary>How many writes were stored.</summary>
    public int Writes { get; private set; }

    /// <summary>True: no read succeeds.</summary>
    public bool IsDown { get; set; }

    /// <summary>How many reads there were.</summary>
    public int Reads => _reads;

    /// <summary>Lets a write fail.</summary>
    /// <param name="failure">How.</param>
    /// <param name="meanwhile">What others do before the writer hears of it.</param>
    public void FailNextWrite(StateFailure failure, Action? meanwhile = null) => _failures.Enqueue((failure, meanwhile));

    /// <summary>What the one grain that has a state has stored.</summary>
    public SharedDataState Peek() => Peek<SharedDataState>();

    /// <summary>What the one grain that has a state has stored.</summary>
    public T Peek<T>() => Deserialize<T>(_rows.Values.Single().Json);

    /// <summary>Another activation of that grain stores what follows.</summary>
    public void StoreElsewhere<T>(Func<T, T> follow)
        where T : ISignedState<T>
    {
        var (key, row) = _rows.Single();
        var next = follow(Deserialize<T>(row.Json));
        next = next.SignedBy([.. next.Writes.TakeLast(7), $"elsewhere.{Writes}"]);
        Assert.True(TryStore(key, JsonSerializer.Serialize(next, Json), row.ETag, out _));
    }

    /// <summary>Lets a write that was given up land; false when it cannot any more.</summary>
    public bool LandLate() => _late.TryDequeue(out var write) && write();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Interlocked.Increment(ref _reads);
        if (IsDown)
            throw new IOException("The store is down.");
        var row = _rows.GetValueOrDefault((stateName, grainId));
        grainState.State = row is null ? Activator.CreateInstance<T>() : Deserialize<T>(row.Json);
        grainState.ETag = row?.ETag!;
        grainState.RecordExists = row is not null;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (IsDown)
            throw new IOException("The store is down.");
        var json = JsonSerializer.Serialize(grainState.State, Json);
        var expected = grainState.ETag;
        _failures.TryDequeue(out var told);
        var (failure, meanwhile) = told;
        if (failure == StateFailure.Late)
            _late.Enqueue(() => TryStore((stateName, grainId), json, expected, out _));
        if (failure is StateFailure.Lost or StateFailure.Late)
        {
            meanwhile?.Invoke();
            throw new IOException("The write failed.");
        }

        if (!TryStore((stateName, grainId), json, expected, out var stored))
            throw new InconsistentStateException("Somebody else wrote.", stored, expected);
        if (failure == StateFailure.Unheard)
        {
            meanwhile?.Invoke();
            throw new IOException("The answer was lost.");
        }

        grainState.ETag = stored!;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new NotSupportedException();

    private bool TryStore((string, GrainId) key, string json, string? expected, out string? stored)
    {
        stored = _rows.GetValueOrDefault(key)?.ETag;
        if (stored != expected)
            return false;
        Writes++;
        stored = Writes.ToString(CultureInfo.InvariantCulture);
        _rows[key] = new(json, stored);
        return true;
    }

    private static T Deserialize<T>(string json) => JsonSerializer.Deserialize<T>(json, Json)!;

    private sealed record Row(string Json, string ETag);
}
