using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Local;

/// <summary>Local only: the silo dies between two turns that the test picks.</summary>
public sealed class JoinDuringLossTests() : GrainTest(silos: 2)
{
    /// <summary>The room's silo dies while a join is under way: whatever the room did, the user has not joined.</summary>
    [Fact]
    public void A_join_that_failed_can_be_done_again()
    {
        var user = Accepted(Connect(One, "ann", 1));
        var channel = Enumerable.Range(0, 20).Select(i => $"c{i}")
            .First(name => Accepted(Join(Two, "bob", 1, name)).Stamp.Silo != user.Silo);
        var room = Silos.Single(silo => silo.Address != user.Silo);
        var join = Task.Factory.StartNew(
            () => User("ann").JoinChannelAsync(new(One.Route(), One.Route(), One.Session(1), new(channel), null)),
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            Turns.HostScheduler).Unwrap();
        room.Kill();
        Turns.RunUntilIdle();

        if (!join.IsCompletedSuccessfully)
            Accepted(JoinChannel(One, "ann", 1, channel));
        Refused(ErrorCode.ChannelJoinFailed, JoinChannel(One, "ann", 1, channel));
    }
}
