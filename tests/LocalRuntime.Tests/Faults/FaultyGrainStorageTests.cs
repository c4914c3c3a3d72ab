using Orleans.Storage;

namespace ImOrleans.LocalRuntime.Tests;

public sealed class FaultyGrainStorageTests
{
    private static readonly GrainId Id = GrainId.Create("note", "1");

    private readonly ManualTimeProvider _clock = new();
    private readonly MemoryGrainStorage _good = new(new MemoryStore(), new PlainJsonSerializer());

    [Fact]
    public async Task Failure_has_no_effect()
    {
        var state = new GrainState<NoteState>(new() { Text = "new" });
        await Assert.ThrowsAsync<IOException>(() => Bad(new() { FailureRate = 1 }).WriteStateAsync("s", Id, state));
        Assert.Null(state.ETag);
        Assert.Equal("", await StoredAsync());
        await Assert.ThrowsAsync<IOException>(() => Bad(new() { FailureRate = 1 }).ReadStateAsync("s", Id, state));
    }

    [Fact]
    public async Task Unknown_outcome_is_a_write_that_the_caller_does_not_know_of()
    {
        var state = new GrainState<NoteState>(new() { Text = "new" });
        var bad = Bad(new() { UnknownOutcomeRate = 1 });
        await Assert.ThrowsAsync<IOException>(() => bad.WriteStateAsync("s", Id, state));
        Assert.Null(state.ETag);
        Assert.Equal("new", await StoredAsync());
        // With the old version in hand the next write is refused, as by a database.
        await Assert.ThrowsAsync<InconsistentStateException>(() => _good.WriteStateAsync("s", Id, state));
        await bad.ReadStateAsync("s", Id, state);
        await Assert.ThrowsAsync<IOException>(() => bad.ClearStateAsync("s", Id, state));
        Assert.Equal("", await StoredAsync());
        Assert.Equal(2, bad.Failures);
    }

    [Fact]
    public async Task Inconsistency_has_no_effect()
    {
        var state = new GrainState<NoteState>(new() { Text = "new" });
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Bad(new() { InconsistencyRate = 1 }).WriteStateAsync("s", Id, state));
        Assert.Equal("", await StoredAsync());
    }

    [Fact]
    public async Task Slow_operation_ends_in_its_time()
    {
        var state = new GrainState<NoteState>(new() { Text = "new" });
        var write = Bad(new() { DelayRate = 1, MaxDelay = TimeSpan.FromSeconds(5) }).WriteStateAsync("s", Id, state);
        Assert.False(write.IsCompleted);
        Assert.True(_clock.AdvanceToNextTimer(within: TimeSpan.FromSeconds(5)));
        await write.Guard();
        Assert.Equal("new", await StoredAsync());
    }

    [Fact]
    public async Task Quiet_storage_is_whole_and_the_same_seed_fails_alike()
    {
        var options = new StorageFaultOptions { FailureRate = 0.3, UnknownOutcomeRate = 0.3, InconsistencyRate = 0.3 };
        Assert.Equal(await OutcomesAsync(1, options), await OutcomesAsync(1, options));
        Assert.NotEqual(await OutcomesAsync(1, options), await OutcomesAsync(2, options));
        Assert.Equal(new string('.', 100), await OutcomesAsync(1, options, isQuiet: true));
    }

    /// <summary>
    /// What a grain makes of it: an activation whose write had an unknown outcome is refused its next one, ends, and
    /// the next activation shows what was stored.
    /// </summary>
    [Fact]
    public void Grain_finds_back_to_what_is_stored()
    {
        var cluster = new FaultyCluster();
        cluster.Run(async () =>
        {
            var isBad = false;
            await using var silo = await cluster.StartAsync(builder => builder.AddFaultyGrainStorage(
                "Default", "second", (inner, time) => new Switch(
                    inner, new FaultyGrainStorage(inner, time, 1, new() { UnknownOutcomeRate = 1 }), () => isBad)));
            var grain = silo.Grains.GetGrain<IPlacedStateGrain>("a");
            await grain.Write("first");
            isBad = true;
            await Assert.ThrowsAsync<OrleansException>(() => grain.Write("second"));
            isBad = false;
            await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Write("third"));
            Assert.Equal("second", await grain.Read());
        });
    }

    private async Task<string> StoredAsync()
    {
        var stored = new GrainState<NoteState>();
        await _good.ReadStateAsync("s", Id, stored);
        return stored.State!.Text;
    }

    private FaultyGrainStorage Bad(StorageFaultOptions options, int seed = 1) => new(_good, _clock, seed, options);

    private async Task<string> OutcomesAsync(int seed, StorageFaultOptions options, bool isQuiet = false)
    {
        var bad = Bad(options, seed);
        bad.IsQuiet = isQuiet;
        var outcomes = "";
        for (var i = 0; i < 100; i++)
        {
            var state = new GrainState<NoteState>();
            await _good.ReadStateAsync("s", Id, state);
            try
            {
                await bad.WriteStateAsync("s", Id, state);
                outcomes += '.';
            }
            catch (IOException failure)
            {
                outcomes += failure.Message.Contains("answer", StringComparison.Ordinal) ? '?' : 'x';
            }
            catch (InconsistentStateException)
            {
                outcomes += '!';
            }
        }

        return outcomes;
    }

    /// <summary>Good or bad, as the test says.</summary>
    private sealed class Switch(IGrainStorage good, IGrainStorage bad, Func<bool> isBad) : IGrainStorage
    {
        private IGrainStorage Now => isBad() ? bad : good;

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            Now.ReadStateAsync(stateName, grainId, grainState);

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            Now.WriteStateAsync(stateName, grainId, grainState);

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            Now.ClearStateAsync(stateName, grainId, grainState);
    }
}
