using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;

namespace ImOrleans.Gateway.Tests.Sessions;

public sealed class SentEventsTests
{
    private readonly SentEvents _sent = new(countMax: 4, bytesMax: 1000);

    [Fact]
    public void What_lies_behind_the_last_received_event_is_replayed_in_order()
    {
        Add("a", "b", "c");
        Assert.Equal(["b", "c"], Replay(1));
        Assert.Equal(["c"], Replay(2));
        Assert.Equal([], Replay(3));
    }

    [Fact]
    public void A_number_that_cannot_be_replays_nothing()
    {
        Add("a", "b");
        Assert.Null(Replay(3));
        Assert.Null(Replay(-1));
        Assert.Equal(["a", "b"], Replay(0));
    }

    [Fact]
    public void What_was_confirmed_is_forgotten_and_cannot_be_asked_for()
    {
        Add("a", "b", "c");
        _sent.Confirm(2);
        Assert.Equal(1, _sent.Count);
        Assert.Null(Replay(1));
        Assert.Equal(["c"], Replay(2));
    }

    [Fact]
    public void A_confirmation_of_what_was_not_written_yet_is_not_believed()
    {
        Add("a");
        _sent.Confirm(2);
        Assert.Equal(["a"], Replay(0));
    }

    [Fact]
    public void The_oldest_go_at_the_bound_of_events()
    {
        Add("a", "b", "c", "d");
        Assert.Equal(4, Replay(0)?.Count);
        Add("e");
        Assert.Null(Replay(0));
        Assert.Equal(["b", "c", "d", "e"], Replay(1));
    }

    [Fact]
    public void The_oldest_go_at_the_bound_of_bytes()
    {
        _sent.Add(new NamedEvent("a", null, 600));
        _sent.Add(new NamedEvent("b", null, 400));
        Assert.Equal(["a", "b"], Replay(0));
        _sent.Add(new NamedEvent("c", null, 1));
        Assert.Equal(["b", "c"], Replay(1));
    }

    [Fact]
    public void An_event_counts_for_as_many_as_it_stands_for_and_is_not_cut()
    {
        _sent.Add(new NamedEvent("three", null, 1, 3));
        Add("d");
        Assert.Equal(4, _sent.Last);
        Assert.Null(Replay(2));
        Assert.Equal(["d"], Replay(3));
    }

    private void Add(params string[] names)
    {
        foreach (var name in names)
            _sent.Add(new NamedEvent(name, null, 1));
    }

    private List<string>? Replay(long received) =>
        _sent.TryReplay(received, out var missed) ? [.. missed.Select(one => one.ToString()!)] : null;
}
