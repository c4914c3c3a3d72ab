using Orleans.Storage;

namespace ImOrleans.Conformance.Tests;

public sealed class StateTests(SharedCluster shared) : SharedFacts(shared)
{
    private IStateGrain Grain => Grains.GetGrain<IStateGrain>(Name);

    private static NotedStorage Raw => NotedStorage.Instance;

    [Fact]
    public async Task State_without_a_record_is_new()
    {
        Assert.Equal("/", await Grain.Read().Guard());
        Assert.False(await Grain.Exists().Guard());
    }

    [Fact]
    public async Task Written_states_survive_the_activation()
    {
        await Grain.Write("x").Guard();
        await Grain.WriteOther("y").Guard();
        await Grain.Leave().Guard();
        Assert.Equal("x/y", await Grain.Read().Guard());
        Assert.True(await Grain.Exists().Guard());
    }

    [Fact]
    public async Task Every_write_has_a_tag_of_its_own()
    {
        Assert.Null(await Grain.Etag().Guard());
        await Grain.Write("x").Guard();
        var first = await Grain.Etag().Guard();
        await Grain.Write("x").Guard();
        Assert.NotNull(first);
        Assert.NotEqual(first, await Grain.Etag().Guard());
        await Grain.Clear().Guard();
        Assert.Null(await Grain.Etag().Guard());
    }

    [Fact]
    public async Task Cleared_state_is_new_again()
    {
        await Grain.Write("x").Guard();
        await Grain.Clear().Guard();
        Assert.Equal("/", await Grain.Read().Guard());
        Assert.False(await Grain.Exists().Guard());
        await Grain.Write("y").Guard();
        Assert.Equal("y/", await Grain.Read().Guard());
    }

    [Fact]
    public async Task Write_over_a_foreign_version_fails_and_the_next_activation_reads_it()
    {
        await Grain.Write("x").Guard();
        var foreign = new GrainState<NoteState>();
        await Raw.ReadStateAsync("note", Grain.GetGrainId(), foreign).Guard();
        foreign.State!.Text = "foreign";
        await Raw.WriteStateAsync("note", Grain.GetGrainId(), foreign).Guard();
        await Assert.ThrowsAsync<InconsistentStateException>(() => Grain.Write("mine").Guard());
        Assert.Equal("foreign/", await Grain.Read().Guard());
    }

    [Fact]
    public async Task Reload_sees_a_foreign_version()
    {
        await Grain.Write("x").Guard();
        var foreign = new GrainState<NoteState>();
        await Raw.ReadStateAsync("note", Grain.GetGrainId(), foreign).Guard();
        foreign.State!.Text = "foreign";
        await Raw.WriteStateAsync("note", Grain.GetGrainId(), foreign).Guard();
        await Grain.Reload().Guard();
        await Grain.Write("mine").Guard();
        Assert.Equal("mine/", await Grain.Read().Guard());
    }

    [Fact]
    public async Task Writes_that_wait_share_one()
    {
        await Grain.Exists().Guard();
        await Grain.WriteManyAtOnce(10).Guard();
        Assert.Equal(1, Raw.WritesOf(Grain.GetGrainId()));
        await Grain.Leave().Guard();
        Assert.Equal("9/", await Grain.Read().Guard());
    }

    [Fact]
    public async Task Failed_write_names_the_storage_and_the_grain()
    {
        await Grain.Exists().Guard();
        Raw.FailNextWrite(Grain.GetGrainId(), new IOException("Disk full."));
        var failure = await Assert.ThrowsAsync<OrleansException>(() => Grain.Write("x").Guard());
        Assert.IsType<IOException>(failure.InnerException);
        Assert.Contains(Name, failure.Message, StringComparison.Ordinal);
    }
}
