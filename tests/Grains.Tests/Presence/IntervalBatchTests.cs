using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Presence;

namespace ImOrleans.Grains.Tests.Presence;

public sealed class IntervalBatchTests
{
    private readonly IntervalBatch _batch = new();

    [Fact]
    public void Each_user_is_named_once_with_what_came_last()
    {
        Add(PresenceChangeKind.Joined, "ann");
        Add(PresenceChangeKind.Left, "ann");
        Add(PresenceChangeKind.Left, "bob");
        Add(PresenceChangeKind.Joined, "bob");
        Add(PresenceChangeKind.TimedOut, "cleo");

        var interval = _batch.Take(total: 7);

        Assert.Equal(["bob"], interval.Joined.Select(user => user.Value));
        Assert.Equal(["ann"], interval.Left.Select(user => user.Value));
        Assert.Equal(["cleo"], interval.TimedOut.Select(user => user.Value));
        Assert.Equal((7, 0), (interval.Total, interval.Omitted));
        Assert.True(_batch.IsEmpty);
    }

    [Fact]
    public void States_gather_and_go_with_their_user()
    {
        Add(PresenceChangeKind.StateChanged, "ann", ("a", "1"), ("b", "1"));
        Add(PresenceChangeKind.StateChanged, "ann", ("a", "2"));
        Add(PresenceChangeKind.Joined, "bob", ("x", "1"));
        Add(PresenceChangeKind.StateChanged, "bob", ("y", "1"));
        Add(PresenceChangeKind.StateChanged, "cleo", ("z", "1"));
        Add(PresenceChangeKind.Left, "cleo");

        var interval = _batch.Take(3);

        Assert.Equal(["ann", "bob"], interval.States.Select(state => state.User.Value));
        Assert.Equal([new("a", "2"), new("b", "1")], interval.States[0].Change.Set.ToArray());
        Assert.Equal([new("x", "1"), new("y", "1")], interval.States[1].Change.Set.ToArray());
        Assert.Equal(["bob"], interval.Joined.Select(user => user.Value));
    }

    [Fact]
    public void The_last_user_that_fits_is_named_and_the_others_are_counted()
    {
        for (var i = 1; i <= PresenceLimits.IntervalUsersMax + 2; i++)
            Add(PresenceChangeKind.Joined, $"u{i}");
        Add(PresenceChangeKind.Left, "u1"); // Named already, so that it has room.

        var interval = _batch.Take(502);

        Assert.Equal(PresenceLimits.IntervalUsersMax, interval.Joined.Length + interval.Left.Length);
        Assert.Equal(["u1"], interval.Left.Select(user => user.Value));
        Assert.Equal("u500", interval.Joined[^1].Value);
        Assert.Equal(2, interval.Omitted);
    }

    [Fact]
    public void Who_came_is_named_when_there_is_no_room_for_its_state()
    {
        var value = new string('v', PresenceLimits.StateValueBytesMax);
        for (var i = 0; i < PresenceLimits.IntervalStateBytesMax / (value.Length + 1); i++)
            Add(PresenceChangeKind.StateChanged, $"u{i}", ("k", value));
        Add(PresenceChangeKind.Joined, "ann", ("k", value));
        Add(PresenceChangeKind.StateChanged, "bob", ("k", value));

        var interval = _batch.Take(70);

        Assert.Equal(["ann"], interval.Joined.Select(user => user.Value));
        Assert.Equal(2, interval.Omitted);
        Assert.DoesNotContain(interval.States, state => state.User.Value is "ann" or "bob");
        Assert.InRange(interval.Bytes, 1, PresenceLimits.IntervalStateBytesMax * 2);
    }

    private void Add(PresenceChangeKind kind, string user, params (string Key, string Value)[] state) =>
        _batch.Add(kind, new(user), new([.. state.Select(pair => new StateItem(pair.Key, pair.Value))], []));
}
