using System.Collections.Immutable;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Presence;

namespace ImOrleans.Domain.Tests.Presence;

public sealed class StateFormTests
{
    [Fact]
    public void The_largest_state_of_each_kind_is_fine()
    {
        Assert.Null(StateForm.Check(Pairs(PresenceLimits.StatePairsMax)));
        Assert.Null(StateForm.Check([new(new string('k', PresenceLimits.StateKeyBytesMax), "v")]));
        Assert.Null(StateForm.Check([new("k", new string('v', PresenceLimits.StateValueBytesMax))]));
        Assert.Null(StateForm.Check(Filled(PresenceLimits.StateBytesMax)));
        Assert.Null(StateForm.Check([]));
    }

    [Fact]
    public void One_more_of_anything_is_refused_with_its_code()
    {
        Refused(ErrorCode.PresenceStateCountOverflow, Pairs(PresenceLimits.StatePairsMax + 1));
        Refused(ErrorCode.PresenceStateKeySizeOverflow, [new(new string('k', PresenceLimits.StateKeyBytesMax + 1), "v")]);
        Refused(
            ErrorCode.PresenceStateValueSizeOverflow, [new("k", new string('v', PresenceLimits.StateValueBytesMax + 1))]);
        Refused(ErrorCode.PresenceStateValueSizeOverflow, Filled(PresenceLimits.StateBytesMax + 1));
    }

    [Fact]
    public void Sizes_are_bytes_not_characters()
    {
        var half = new string('é', PresenceLimits.StateKeyBytesMax / 2);
        Assert.Null(StateForm.Check([new(half, "v")]));

        Refused(ErrorCode.PresenceStateKeySizeOverflow, [new(half + "é", "v")]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a[")]
    [InlineData("]")]
    [InlineData("a\u0001")]
    public void A_key_that_is_none_is_refused(string key)
    {
        Refused(ErrorCode.PresenceInvalidStateKey, [new(key, "v")]);
        Assert.Equal(ErrorCode.PresenceInvalidStateKey, StateForm.CheckKeys([key])?.Code);
    }

    [Fact]
    public void A_key_twice_and_a_value_that_is_empty_are_refused()
    {
        Refused(ErrorCode.PresenceStateDuplicateKey, [new("k", "1"), new("k", "2")]);
        Refused(ErrorCode.PresenceInvalidStateValue, [new("k", "")]);
    }

    [Fact]
    public void Setting_adds_replaces_and_keeps_the_rest_in_order()
    {
        var set = StateForm.Set([new("b", "1"), new("d", "2")], [new("d", "3"), new("a", "4")]);

        Assert.Equal([new("a", "4"), new("b", "1"), new("d", "3")], set.Value.ToArray());
    }

    [Fact]
    public void What_is_too_much_with_what_is_there_is_refused()
    {
        var full = StateForm.Sorted(Pairs(PresenceLimits.StatePairsMax));
        Assert.True(StateForm.Set(full, [new("k1", "new")]).IsAccepted);
        Assert.Equal(ErrorCode.PresenceStateCountOverflow, StateForm.Set(full, [new("more", "v")]).Refusal?.Code);
        var heavy = StateForm.Sorted(Filled(PresenceLimits.StateBytesMax));

        Assert.Equal(ErrorCode.PresenceStateValueSizeOverflow, StateForm.Set(heavy, [new("z", "v")]).Refusal?.Code);
    }

    [Fact]
    public void Removing_takes_what_is_named_and_everything_when_nothing_is()
    {
        ImmutableArray<StateItem> state = [new("a", "1"), new("b", "2")];

        Assert.Equal([new("b", "2")], StateForm.Remove(state, ["a", "unknown"]).ToArray());
        Assert.Empty(StateForm.Remove(state, []));
    }

    private static StateItem[] Pairs(int count) => [.. Enumerable.Range(1, count).Select(i => new StateItem($"k{i}", "v"))];

    private static StateItem[] Filled(int bytes)
    {
        var items = new List<StateItem>();
        for (var left = bytes; left > 0;)
        {
            var value = Math.Min(PresenceLimits.StateValueBytesMax, left - 1);
            items.Add(new(((char)('a' + items.Count)).ToString(), new string('v', value)));
            left -= value + 1;
        }

        return [.. items];
    }

    private static void Refused(ErrorCode code, IReadOnlyCollection<StateItem> items) =>
        Assert.Equal(code, StateForm.Check(items)?.Code);
}
