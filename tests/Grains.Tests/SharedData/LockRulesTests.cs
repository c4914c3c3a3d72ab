using ImOrleans.Domain.Locks;
using ImOrleans.Grains.SharedData;

namespace ImOrleans.Grains.Tests.SharedData;

public sealed class LockRulesTests
{
    [Theory]
    [InlineData(-1, 10)]
    [InlineData(9, 10)]
    [InlineData(10, 10)]
    [InlineData(300, 300)]
    [InlineData(301, 300)]
    [InlineData(long.MaxValue, 300)]
    public void A_time_to_live_is_taken_into_its_range(long asked, int taken)
    {
        var decision = LockRules.Set(new(), new("door"), asked).Value!;
        Assert.Equal(taken, Assert.Single(decision.Next.Locks).TtlSeconds);
    }

    [Fact]
    public void Freeing_a_lock_and_granting_it_to_the_next_is_one_write_with_two_events()
    {
        var state = LockRules.Set(new(), new("door"), 10).Value!.Next;
        state = LockRules.Grant(state, state.Locks[0], new("ann")).Next;
        var freed = LockRules.Free(state, state.Locks[0], LockChangeKind.Released, new("bob"));
        Assert.Equal([LockChangeKind.Released, LockChangeKind.Acquired], freed.Changes.Select(change => change.Kind));
        Assert.Equal((1L, 2L), (freed.Changes[0].EndedToken, freed.Changes[1].Lock.FencingToken));
        Assert.Equal(state.LockRevision + 2, freed.Next.LockRevision);
        Assert.Equal("bob", freed.Next.Locks[0].Owner?.Value);
    }

    [Fact]
    public void Tokens_of_all_locks_of_a_channel_rise_together()
    {
        var state = LockRules.Set(new(), new("door"), 10).Value!.Next;
        state = LockRules.Set(state, new("gate"), 10).Value!.Next;
        state = LockRules.Grant(state, state.Locks[0], new("ann")).Next;
        state = LockRules.Remove(state, new("door")).Value!.Next;
        state = LockRules.Grant(state, state.Locks[0], new("ann")).Next;
        Assert.Equal(2, Assert.Single(state.Locks).FencingToken);
    }
}
