using ImOrleans.Domain.Presence;

namespace ImOrleans.Domain.Tests.Presence;

public sealed class StateChangeTests
{
    [Fact]
    public void Between_equal_states_there_is_none()
    {
        Assert.True(StateChange.Between([], []).IsEmpty);
        Assert.True(StateChange.Between([new("a", "1")], [new("a", "1")]).IsEmpty);
    }

    [Fact]
    public void It_holds_what_is_new_what_is_different_and_what_is_gone()
    {
        var change = StateChange.Between([new("a", "1"), new("b", "2"), new("c", "3")], [new("a", "1"), new("b", "9"), new("d", "4")]);

        Assert.Equal([new("b", "9"), new("d", "4")], change.Set.ToArray());
        Assert.Equal(["c"], change.Removed.ToArray());
    }

    [Fact]
    public void Two_changes_as_one_end_where_the_second_ends()
    {
        var one = new StateChange([new("a", "1"), new("b", "1")], ["c", "d"]);
        var both = one.Then(new([new("c", "2"), new("a", "2")], ["b"]));

        Assert.Equal([new("a", "2"), new("c", "2")], both.Set.ToArray());
        Assert.Equal(["d", "b"], both.Removed.ToArray());
    }
}
