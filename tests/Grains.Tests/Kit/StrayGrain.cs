using ImOrleans.Grains.Abstractions.Rooms;

namespace ImOrleans.Grains.Tests.Kit;

/// <summary>Calls where it must not.</summary>
[Alias("im.test.IStrayGrain")]
public interface IStrayGrain : IGrainWithStringKey
{
    [Alias("CallRoom")]
    Task<bool> CallRoomAsync();
}

[GrainType("stray")]
public sealed class StrayGrain : Grain, IStrayGrain
{
    public Task<bool> CallRoomAsync() =>
        GrainFactory.GetGrain<IRoomGrain>(GrainKey.StreamChannel(new("lobby"))).CheckAsync(new(new("g1"), 0, 0));
}
