using System.Globalization;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;

namespace ImOrleans.Gateway.Tests.Sessions;

/// <summary>An outbox whose client goes away and comes back.</summary>
public sealed class ResumedOutboxTests
{
    private static readonly NamedEvent Greeting = new("hello", isCounted: false);

    private readonly ManualTimeProvider _clock = new();
    private readonly FakeConnection _first = new();
    private readonly FakeConnection _second = new();

    [Fact]
    public void What_came_without_a_connection_leaves_in_order_and_once_when_the_client_is_back()
    {
        var outbox = Outbox();
        Post(outbox, "a");
        outbox.Detach(_first);
        Post(outbox, "b", "c");
        Assert.True(Attach(outbox, _second, 1));
        Post(outbox, "d");
        Assert.Equal(["a"], Written(_first));
        Assert.Equal(["hello", "b", "c", "d"], Written(_second));
    }

    [Fact]
    public void What_was_written_and_has_not_arrived_is_written_again_and_the_rest_is_not()
    {
        var outbox = Outbox();
        Post(outbox, "a", "b", "c");
        outbox.Detach(_first);
        Post(outbox, "d");
        Assert.True(Attach(outbox, _second, 1));
        Assert.Equal(["hello", "b", "c", "d"], Written(_second));
    }

    [Fact]
    public void What_is_for_one_connection_goes_to_no_other_and_is_not_kept()
    {
        var outbox = Outbox();
        _first.IsSlow = true;
        Post(outbox, "a");
        outbox.Post(new NamedEvent("written never", isOfConnection: true), outbox.ConnectionNumber);
        Post(outbox, "b");
        var number = outbox.ConnectionNumber;
        outbox.Detach(_first);
        outbox.Post(new NamedEvent("late", isOfConnection: true), number);
        Assert.True(Attach(outbox, _second, 1));
        outbox.Post(new NamedEvent("later", isOfConnection: true), number);
        Assert.False(outbox.Gather(new NamedEvent("gathered", isOfConnection: true), number));
        outbox.Post(new NamedEvent("new", isCounted: false, isOfConnection: true), outbox.ConnectionNumber);
        Assert.Equal(["a"], Written(_first));
        Assert.Equal(["hello", "b", "new"], Written(_second));
    }

    [Fact]
    public void The_count_goes_on_from_connection_to_connection()
    {
        var outbox = Outbox();
        Post(outbox, "a", "b");
        outbox.Detach(_first);
        Assert.True(Attach(outbox, _second, 1));
        Post(outbox, "c");
        outbox.Detach(_second);
        var third = new FakeConnection();
        Assert.True(Attach(outbox, third, 2));
        Assert.Equal(["hello", "c"], Written(third));
    }

    [Fact]
    public async Task A_client_that_is_lost_again_in_the_middle_of_the_replay_loses_nothing()
    {
        var outbox = Outbox();
        Post(outbox, [.. Enumerable.Range(0, 600).Select(i => $"{i}")]);
        outbox.Detach(_first);
        Post(outbox, "last");
        _second.IsSlow = true;
        Assert.True(Attach(outbox, _second, 0));
        Assert.Equal(256, (await _second.NextFrameAsync()).Count);
        outbox.Detach(_second);
        var third = new FakeConnection();
        Assert.True(Attach(outbox, third, 255));
        Assert.Equal(
            ["hello", .. Enumerable.Range(255, 345).Select(i => $"{i}"), "last"], Written(third));
    }

    [Fact]
    public void What_the_client_cannot_have_got_is_refused_and_changes_nothing()
    {
        var outbox = Outbox();
        Post(outbox, "a");
        outbox.Detach(_first);
        Assert.False(Attach(outbox, _second, 2));
        Assert.True(Attach(outbox, _second, 0));
        Assert.Equal(["hello", "a"], Written(_second));
    }

    [Fact]
    public void What_was_confirmed_is_not_kept()
    {
        var outbox = Outbox(eventsMax: 2);
        Post(outbox, "a", "b");
        outbox.Confirm(2);
        Post(outbox, "c", "d");
        outbox.Detach(_first);
        Assert.True(Attach(outbox, _second, 2));
        Assert.Equal(["hello", "c", "d"], Written(_second));
    }

    [Fact]
    public void A_client_that_confirms_too_little_cannot_go_on()
    {
        var outbox = Outbox(eventsMax: 2);
        Post(outbox, "a", "b", "c");
        outbox.Detach(_first);
        Assert.False(Attach(outbox, _second, 0));
        Assert.True(Attach(outbox, _second, 1));
    }

    [Fact]
    public void Without_room_the_least_urgent_go_while_nobody_is_there_and_the_count_is_told()
    {
        var outbox = Outbox(eventsMax: 2);
        outbox.Detach(_first);
        outbox.Post(new NamedEvent("low", MessagePriority.Low));
        outbox.Post(new NamedEvent("high", MessagePriority.High));
        outbox.Post(new NamedEvent("normal", MessagePriority.Normal));
        Assert.True(Attach(outbox, _second, 0));
        Assert.Equal(["hello", "dropped 1", "high", "normal"], Written(_second));
    }

    [Fact]
    public void A_count_of_dropped_ones_that_did_not_arrive_is_told_again_and_only_then()
    {
        var outbox = Outbox(eventsMax: 1);
        outbox.Detach(_first);
        outbox.Post(new NamedEvent("low", MessagePriority.Low));
        outbox.Post(new NamedEvent("high", MessagePriority.High));
        Assert.True(Attach(outbox, _second, 0));
        outbox.Detach(_second);
        var third = new FakeConnection();
        Assert.True(Attach(outbox, third, 1));
        Assert.Equal(["hello", "high"], Written(third));
    }

    [Fact]
    public void What_must_arrive_and_finds_no_room_ends_it()
    {
        var outbox = Outbox(eventsMax: 1);
        outbox.Detach(_first);
        Post(outbox, "fits");
        Assert.False(outbox.IsClosed);
        Post(outbox, "does not");
        Assert.True(outbox.IsClosed);
        Assert.False(Attach(outbox, _second, 0));
    }

    [Fact]
    public void One_whose_client_does_not_come_back_keeps_nothing()
    {
        var outbox = new SessionOutbox(_first, new() { EventsMax = 1 }, _clock);
        Post(outbox, "a");
        outbox.Detach(_first);
        Post(outbox, "b", "c");
        Assert.False(outbox.Gather(new NamedEvent("d")));
        Assert.False(outbox.IsClosed);
        Assert.False(Attach(outbox, _second, 1));
    }

    [Fact]
    public async Task Nobody_waits_for_a_client_that_is_not_there()
    {
        _first.IsSlow = true;
        var outbox = Outbox();
        Post(outbox, "a", "b");
        var flushed = outbox.FlushedAsync();
        outbox.Detach(_first);
        await flushed.Guard();
        Assert.True(outbox.FlushedAsync().IsCompleted);
        Assert.False(outbox.IsStalled);
    }

    [Fact]
    public async Task The_end_of_a_write_on_a_lost_connection_does_not_touch_the_next_one()
    {
        _first.IsSlow = true;
        _second.IsSlow = true;
        var outbox = Outbox();
        Post(outbox, "a", "b");
        outbox.Detach(_first);
        Assert.True(Attach(outbox, _second, 0));
        Post(outbox, "c");
        _first.Release(); // FakeConnection fails when a second write begins while one is under way.
        await _second.NextFrameAsync();
        _second.Release();
        await _second.NextFrameAsync();
        Assert.Equal(["hello", "a", "b", "c"], Written(_second));
        Assert.Equal(["a"], Written(_first));
    }

    [Fact]
    public async Task A_write_that_fails_closes_its_connection_and_keeps_all_for_the_next_one()
    {
        _first.WriteFailure = new IOException("gone");
        var outbox = Outbox();
        Post(outbox, "a");
        Assert.Equal(DisconnectCode.Unavailable, await _first.Closed.Guard());
        Post(outbox, "b");
        Assert.True(Attach(outbox, _second, 0));
        Assert.Equal(["hello", "a", "b"], Written(_second));
    }

    [Fact]
    public async Task An_event_that_has_no_form_ends_it_and_does_not_come_again()
    {
        _first.EncodeFailure = new ArgumentException("no form");
        var outbox = Outbox();
        Post(outbox, "a");
        Assert.Equal(DisconnectCode.Unavailable, await _first.Closed.Guard());
        Assert.False(Attach(outbox, _second, 0));
    }

    /// <summary>
    /// Posters on many threads, a writer that is slow now and then, and a client that goes away and comes back all the
    /// time, sometimes without what was written last.
    /// </summary>
    [Fact]
    public async Task Nothing_is_lost_twice_or_out_of_order_over_a_hundred_connections()
    {
        const int Posters = 4;
        const int Each = 2_000;
        var connection = new FakeConnection();
        var outbox = new SessionOutbox(
            connection, new() { EventsMax = 1_000_000, BytesMax = 256 * 1024 * 1024 }, _clock, isResumable: true);
        var posting = Task.WhenAll(Enumerable.Range(0, Posters).Select(poster => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                if (i % 50 == 0)
                    await Task.Yield();
                if (i % 3 != 0)
                    outbox.Post(new NamedEvent($"{poster}/{i}"));
                else if (outbox.Gather(new NamedEvent($"{poster}/{i}")))
                    outbox.Flush(new FrameCache());
            }
        })));
        var received = new List<string>();
        for (var life = 0; life < 100; life++)
        {
            await Task.Yield();
            outbox.Detach(connection);
            Receive(life % 2 == 0);
            Assert.True(Attach(outbox, connection = new FakeConnection(), received.Count));
        }

        await posting.Guard();
        await outbox.FlushedAsync().Guard();
        Receive(true);
        var byPoster = received.Select(name => name.Split('/'))
            .ToLookup(name => name[0], name => int.Parse(name[1], CultureInfo.InvariantCulture));
        Assert.All(
            Enumerable.Range(0, Posters),
            poster => Assert.Equal(Enumerable.Range(0, Each), byPoster[$"{poster}"]));

        void Receive(bool isAll)
        {
            var arrived = Written(connection).Where(name => name != "hello").ToList();
            received.AddRange(isAll ? arrived : arrived.Take(arrived.Count / 2));
        }
    }

    private SessionOutbox Outbox(int eventsMax = 8192) =>
        new(_first, new() { EventsMax = eventsMax }, _clock, isResumable: true);

    private static bool Attach(SessionOutbox outbox, FakeConnection connection, long received)
    {
        if (!outbox.TryAttach(connection, received, Greeting))
            return false;
        outbox.Resume(connection);
        return true;
    }

    private static void Post(SessionOutbox outbox, params string[] names)
    {
        foreach (var name in names)
            outbox.Post(new NamedEvent(name));
    }

    private static List<string> Written(FakeConnection connection) => [.. connection.Events.Select(Describe)];

    private static string Describe(SessionEvent sessionEvent) =>
        sessionEvent is ConnectionEvent notice ? $"dropped {notice.Dropped}" : sessionEvent.ToString()!;
}
