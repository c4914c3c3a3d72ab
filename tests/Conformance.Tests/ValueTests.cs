using ImOrleans.Domain.Messages;

namespace ImOrleans.Conformance.Tests;

/// <summary>Arguments and results between two silos.</summary>
public sealed class ValueTests(SharedCluster shared) : SharedFacts(shared)
{
    [Fact]
    public async Task Bytes_arrive_unchanged()
    {
        var grain = await GrainOnAsync<IValuesGrain>(Second);
        var bytes = Enumerable.Range(0, 256).Select(static i => (byte)i).ToArray();
        Assert.Equal(bytes, (await grain.Bytes(bytes).Guard()).ToArray());
        Assert.Equal(bytes[10..20], (await grain.Bytes(bytes.AsMemory(10, 10)).Guard()).ToArray());
        Assert.True((await grain.Bytes(default).Guard()).IsEmpty);
    }

    [Fact]
    public async Task Arrays_and_texts_arrive_unchanged()
    {
        var grain = await GrainOnAsync<IValuesGrain>(Second);
        string[] texts = ["a", "", "\u00e9\ud83d\ude00\0"];
        Assert.Equal(texts, (await grain.Texts([.. texts]).Guard()).ToArray());
        Assert.Empty(await grain.Texts([]).Guard());
        Assert.Null(await grain.Text(null).Guard());
        Assert.Equal("", await grain.Text("").Guard());
    }

    [Fact]
    public async Task Enums_that_are_there_or_not_arrive_unchanged()
    {
        var grain = await GrainOnAsync<IValuesGrain>(Second);
        Assert.Equal((MessagePriority.Low, null), await grain.Nullables(MessagePriority.Low, null).Guard());
    }

    [Fact]
    public async Task Grains_can_be_passed_to_grains()
    {
        var grain = await GrainOnAsync<IValuesGrain>(Second);
        var echo = await GrainOnAsync<IEchoGrain>(First);
        Assert.Equal("x", await grain.CallOther(echo, "x").Guard());
    }

    [Fact]
    public async Task References_to_the_same_grain_are_equal_wherever_they_come_from()
    {
        var grain = await GrainOnAsync<IValuesGrain>(Second);
        Assert.Equal(grain, Grains.GetGrain<IValuesGrain>(grain.GetPrimaryKeyString()));
        Assert.Equal(grain, Second.Grains.GetGrain<IValuesGrain>(grain.GetPrimaryKeyString()));
        Assert.Equal(grain, await grain.Self().Guard());
        Assert.Equal(grain, await grain.SelfById().Guard());
        Assert.NotEqual(grain, Grains.GetGrain<IValuesGrain>("other"));
        Assert.Single(new HashSet<IValuesGrain> { grain, await grain.Self().Guard() });
    }

    [Fact]
    public void Ids_lead_back_to_their_grain()
    {
        var grain = Grains.GetGrain<IValuesGrain>(Name);
        var id = grain.GetGrainId();
        Assert.Equal($"values/{Name}", id.ToString());
        Assert.Equal(Name, grain.GetPrimaryKeyString());
        Assert.Equal(id, GrainId.Parse(id.ToString()));
        Assert.Equal(grain, Grains.GetGrain<IValuesGrain>(id));
        Assert.Equal(grain, Grains.GetGrain(typeof(IValuesGrain), Name));
        Assert.Equal(id, grain.Cast<IPlacedGrain>().GetGrainId());
    }

    [Fact]
    public void Addresses_of_silos_can_be_parsed() =>
        Assert.Equal(First.Address, SiloAddress.FromParsableString(First.Address).ToParsableString());
}
