using ImOrleans.Grains.Rooms;

namespace ImOrleans.Grains.Tests.Rooms;

public sealed class RoomRecoveryTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    private readonly RoomRecovery _recovery = new(Start, Window);

    [Fact]
    public void A_room_whose_first_contact_is_a_registration_came_back()
    {
        _recovery.Contact(isRegistration: true, isForeign: false, Start);

        Assert.Equal(Start + Window, _recovery.EndsAt);
    }

    [Fact]
    public void A_room_that_is_joined_first_is_new_and_a_later_registration_changes_nothing()
    {
        _recovery.Contact(isRegistration: false, isForeign: false, Start);
        _recovery.Contact(isRegistration: true, isForeign: false, Start);

        Assert.Null(_recovery.EndsAt);
    }

    [Fact]
    public void A_call_meant_for_another_activation_tells_of_a_former_life()
    {
        _recovery.Contact(isRegistration: false, isForeign: false, Start);
        _recovery.Contact(isRegistration: false, isForeign: true, Start + TimeSpan.FromSeconds(14));

        Assert.Equal(Start + Window, _recovery.EndsAt);
    }

    [Fact]
    public void After_the_window_nothing_opens_it_again()
    {
        _recovery.Contact(isRegistration: false, isForeign: true, Start + Window);

        Assert.Null(_recovery.EndsAt);
    }

    [Fact]
    public void The_snapshot_is_due_once_at_the_end_of_the_window()
    {
        _recovery.Contact(isRegistration: true, isForeign: false, Start);

        Assert.False(_recovery.TryFinish(Start + Window - TimeSpan.FromTicks(1)));
        Assert.True(_recovery.TryFinish(Start + Window));
        Assert.False(_recovery.TryFinish(Start + Window));
    }
}
