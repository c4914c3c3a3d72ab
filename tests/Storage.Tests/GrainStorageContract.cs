using Orleans.Storage;

namespace ImOrleans.Storage.Tests;

/// <summary>What every grain storage promises.</summary>
public abstract class GrainStorageContract
{
    protected static readonly GrainId Grain = GrainId.Create("room", "p:3:a|b1:c");

    protected abstract IGrainStorage Storage { get; }

    [Fact]
    public async Task State_without_a_record_reads_as_new()
    {
        var state = new GrainState<TestState>(new TestState { Text = "left over" }, "7");
        await Storage.ReadStateAsync("state", Grain, state);
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal("", state.State!.Text);
    }

    [Fact]
    public async Task Written_state_reads_back()
    {
        var written = await WriteAsync("ä€😀", 1, 2, 3);
        var read = await ReadAsync();
        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal("ä€😀", read.State!.Text);
        Assert.Equal([1, 2, 3], read.State.Numbers);
        Assert.NotSame(written.State, read.State);
    }

    [Fact]
    public async Task Each_write_has_a_version_of_its_own()
    {
        var state = await WriteAsync("a");
        var first = state.ETag;
        await Storage.WriteStateAsync("state", Grain, state);
        Assert.NotEqual(first, state.ETag);
        Assert.Equal(state.ETag, (await ReadAsync()).ETag);
    }

    [Fact]
    public async Task First_write_over_a_record_is_refused()
    {
        var written = await WriteAsync("mine");
        var blind = new GrainState<TestState>(new TestState { Text = "blind" });
        var refused = await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("state", Grain, blind));
        Assert.Equal(written.ETag, refused.StoredEtag);
        Assert.Equal("mine", (await ReadAsync()).State!.Text);
    }

    [Fact]
    public async Task Write_against_an_old_version_is_refused()
    {
        var stale = await WriteAsync("first");
        var fresh = await ReadAsync();
        fresh.State!.Text = "second";
        await Storage.WriteStateAsync("state", Grain, fresh);
        var before = stale.ETag;
        stale.State!.Text = "stale";
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", Grain, stale));
        Assert.Equal(before, stale.ETag);
        Assert.Equal("second", (await ReadAsync()).State!.Text);
    }

    [Fact]
    public async Task Write_against_a_record_that_is_gone_is_refused()
    {
        var first = await WriteAsync("a");
        var other = await ReadAsync();
        await Storage.ClearStateAsync("state", Grain, other);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", Grain, first));
    }

    [Fact]
    public async Task Cleared_state_reads_as_new_and_can_be_written()
    {
        var state = await WriteAsync("a", 1);
        await Storage.ClearStateAsync("state", Grain, state);
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal("", state.State!.Text);
        Assert.False((await ReadAsync()).RecordExists);
        await Storage.WriteStateAsync("state", Grain, state);
        Assert.True((await ReadAsync()).RecordExists);
    }

    [Fact]
    public async Task Clear_against_an_old_version_is_refused()
    {
        var stale = await WriteAsync("a");
        var fresh = await ReadAsync();
        await Storage.WriteStateAsync("state", Grain, fresh);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync("state", Grain, stale));
        Assert.True((await ReadAsync()).RecordExists);
    }

    /// <summary>A version that came again would let a writer that slept through both changes overwrite the new record.</summary>
    [Fact]
    public async Task Version_never_comes_again_after_a_clear()
    {
        var old = await WriteAsync("a");
        var other = await ReadAsync();
        await Storage.ClearStateAsync("state", Grain, other);
        await Storage.WriteStateAsync("state", Grain, other);
        Assert.NotEqual(old.ETag, other.ETag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("state", Grain, old));
    }

    [Fact]
    public async Task Grains_and_states_do_not_touch_each_other()
    {
        await WriteAsync("a");
        foreach (var (state, grain) in new[]
        {
            ("other", Grain),
            ("state", GrainId.Create("room", "b")),
            ("state", GrainId.Create("user", "p:3:a|b1:c")),
        })
        {
            var read = new GrainState<TestState>();
            await Storage.ReadStateAsync(state, grain, read);
            Assert.False(read.RecordExists);
        }
    }

    [Fact]
    public async Task Of_concurrent_writes_against_one_version_one_succeeds()
    {
        var version = (await WriteAsync("a")).ETag;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var state = new GrainState<TestState>(new TestState { Text = $"{i}" }, version) { RecordExists = true };
            try
            {
                await Storage.WriteStateAsync("state", Grain, state);
                return state.State!.Text;
            }
            catch (InconsistentStateException)
            {
                return null;
            }
        })).Guard();
        var winner = Assert.Single(outcomes, static outcome => outcome is not null);
        Assert.Equal(winner, (await ReadAsync()).State!.Text);
    }

    protected async Task<GrainState<TestState>> ReadAsync()
    {
        var state = new GrainState<TestState>();
        await Storage.ReadStateAsync("state", Grain, state).Guard();
        return state;
    }

    protected async Task<GrainState<TestState>> WriteAsync(string text, params int[] numbers)
    {
        var state = new GrainState<TestState>(new TestState { Text = text, Numbers = [.. numbers] });
        await Storage.WriteStateAsync("state", Grain, state).Guard();
        return state;
    }
}
