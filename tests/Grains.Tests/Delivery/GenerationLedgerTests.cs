using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.Tests.Delivery;

public sealed class GenerationLedgerTests
{
    private static readonly GatewayId One = new("g1");
    private static readonly GatewayId Two = new("g2");

    private readonly GenerationLedger _ledger = new();

    [Fact]
    public void A_late_call_after_a_newer_registration_is_stale()
    {
        Assert.True(_ledger.TryAdmitRegistration(One, 5));

        Assert.False(Adds(One, 1, 4));
        Assert.True(Adds(One, 1, 6));
    }

    [Fact]
    public void A_late_join_after_a_newer_leave_of_the_same_session_is_stale()
    {
        Assert.True(Removes(One, 1, 7));

        Assert.False(Adds(One, 1, 6));
        Assert.True(Adds(One, 2, 6));
    }

    [Fact]
    public void A_leave_may_undo_the_join_of_its_own_number_but_not_the_other_way_round()
    {
        Assert.True(Adds(One, 1, 3));
        Assert.True(Removes(One, 1, 3));

        Assert.False(Adds(One, 1, 3));
    }

    [Fact]
    public void A_late_leave_after_a_newer_join_of_the_same_session_is_stale()
    {
        Assert.True(Adds(One, 1, 8));

        Assert.False(Removes(One, 1, 7));
    }

    [Fact]
    public void A_registration_older_than_any_call_of_its_gateway_is_stale()
    {
        Assert.True(Adds(One, 1, 9));

        Assert.False(_ledger.TryAdmitRegistration(One, 8));
        Assert.True(_ledger.TryAdmitRegistration(One, 10));
        Assert.False(_ledger.TryAdmitRegistration(One, 10));
    }

    [Fact]
    public void Gateways_count_for_themselves()
    {
        Assert.True(_ledger.TryAdmitRegistration(One, 100));

        Assert.True(Adds(Two, 1, 1));
    }

    [Fact]
    public void A_removal_without_a_call_makes_what_is_under_way_stale()
    {
        Assert.True(Adds(One, 1, 4));
        Assert.True(Adds(One, 2, 6));

        _ledger.NoteRemoval(One, new(One, 1));

        Assert.False(Adds(One, 1, 6));
        Assert.True(Adds(One, 1, 7));
    }

    [Fact]
    public void A_session_forgotten_for_room_leaves_its_generation_behind_as_the_floor()
    {
        var ledger = new GenerationLedger(sessionsMax: 2);
        Assert.True(ledger.TryAdmit(One, new(One, 1), 7, CallReach.Removal));
        Assert.True(ledger.TryAdmit(One, new(One, 2), 8, CallReach.Session));
        Assert.True(ledger.TryAdmit(One, new(One, 3), 9, CallReach.Session));

        Assert.False(ledger.TryAdmit(One, new(One, 1), 6, CallReach.Session));
        Assert.False(ledger.TryAdmit(One, new(One, 4), 7, CallReach.Session));
        Assert.True(ledger.TryAdmit(One, new(One, 4), 8, CallReach.Session));
    }

    [Fact]
    public void The_gateway_not_heard_of_for_longest_is_forgotten_for_room()
    {
        var ledger = new GenerationLedger(gatewaysMax: 2);
        ledger.NoteLastBatch(One, 11);
        ledger.NoteLastBatch(Two, 22);
        Assert.Equal(11, ledger.LastBatchOf(One));

        ledger.NoteLastBatch(new("g3"), 33);

        Assert.Equal(11, ledger.LastBatchOf(One));
        Assert.Equal(0, ledger.LastBatchOf(Two));
    }

    /// <summary>A client joins two channels at once, and the second call is quicker.</summary>
    [Fact]
    public void Calls_about_parts_of_what_a_session_has_may_overtake_each_other()
    {
        Assert.True(Changes(One, 1, 6));

        Assert.True(Changes(One, 1, 5));
        Assert.True(Changes(One, 1, 7));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_about_a_part_is_stale_after_a_newer_one_about_the_whole(bool isRemoval)
    {
        Assert.True(Changes(One, 1, 4));
        Assert.True(isRemoval ? Removes(One, 1, 6) : Adds(One, 1, 6));
        Assert.True(Changes(One, 1, 8));

        Assert.False(Changes(One, 1, 5));
        Assert.False(Changes(One, 1, 6));
        Assert.True(Changes(One, 1, 7));
    }

    [Fact]
    public void A_call_about_a_part_is_stale_after_a_newer_registration_or_a_removal_without_a_call()
    {
        Assert.True(_ledger.TryAdmitRegistration(One, 5));
        Assert.False(Changes(One, 1, 5));
        Assert.True(Changes(One, 2, 9));

        _ledger.NoteRemoval(One, new(One, 1));

        Assert.False(Changes(One, 1, 9));
        Assert.True(Changes(One, 1, 10));
    }

    [Fact]
    public void A_call_about_the_whole_is_stale_after_a_newer_one_about_a_part()
    {
        Assert.True(Changes(One, 1, 8));

        Assert.False(Adds(One, 1, 7));
        Assert.False(Removes(One, 1, 7));
        Assert.True(Removes(One, 1, 8));
    }

    private bool Changes(GatewayId gateway, long session, long generation) =>
        _ledger.TryAdmit(gateway, new(gateway, session), generation, CallReach.Part);

    private bool Adds(GatewayId gateway, long session, long generation) =>
        _ledger.TryAdmit(gateway, new(gateway, session), generation, CallReach.Session);

    private bool Removes(GatewayId gateway, long session, long generation) =>
        _ledger.TryAdmit(gateway, new(gateway, session), generation, CallReach.Removal);
}
