using System.Globalization;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;

namespace ImOrleans.Gateway.Tests.Sessions;

public sealed class SessionOutboxTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly FakeConnection _connection = new();

    [Fact]
    public void An_idle_connection_is_written_at_once_event_by_event()
    {
        var outbox = Outbox();
        Post(outbox, "a", "b");
        Assert.Equal([["a"], ["b"]], Frames());
    }

    [Fact]
    public async Task While_a_write_is_under_way_events_gather_and_leave_in_one_frame_in_order()
    {
        _connection.IsSlow = true;
        var outbox = Outbox();
        Post(outbox, "a", "b", "c", "d");
        Assert.Equal([["a"]], Frames());
        await ReleaseAsync("a", "b", "c", "d");
        Assert.Equal([["a"], ["b", "c", "d"]], Frames());
    }

    [Fact]
    public async Task After_the_last_write_the_connection_is_idle_again()
    {
        _connection.IsSlow = true;
        var outbox = Outbox();
        Post(outbox, "a");
        var flushed = outbox.FlushedAsync();
        _connection.Release();
        await flushed.Guard();
        Post(outbox, "b");
        Assert.Equal([["a"], ["b"]], Frames());
    }

    [Fact]
    public async Task One_frame_has_at_most_256_events()
    {
        _connection.IsSlow = true;
        var outbox = Outbox();
        Post(outbox, "first");
        Post(outbox, [.. Enumerable.Range(0, 300).Select(i => $"{i}")]);
        await _connection.NextFrameAsync();
        _connection.Release();
        Assert.Equal(256, (await _connection.NextFrameAsync()).Count);
        _connection.Release();
        Assert.Equal(44, (await _connection.NextFrameAsync()).Count);
    }

    [Fact]
    public async Task A_frame_is_full_once_it_has_64_KiB()
    {
        _connection.IsSlow = true;
        var outbox = Outbox();
        Post(outbox, "first");
        foreach (var name in new[] { "a", "b", "c" })
            outbox.Post(new NamedEvent(name, null, 32 * 1024));
        await _connection.NextFrameAsync();
        _connection.Release();
        Assert.Equal(2, (await _connection.NextFrameAsync()).Count);
    }

    [Fact]
    public async Task Without_room_the_least_urgent_go_and_the_client_is_told_first_how_many()
    {
        _connection.IsSlow = true;
        var outbox = Outbox(eventsMax: 3);
        Post(outbox, "first");
        outbox.Post(new NamedEvent("low 1", MessagePriority.Low));
        outbox.Post(new NamedEvent("high", MessagePriority.High));
        outbox.Post(new NamedEvent("low 2", MessagePriority.Low));
        outbox.Post(new NamedEvent("normal", MessagePriority.Normal));
        Post(outbox, "required");
        await _connection.NextFrameAsync();
        _connection.Release();
        var frame = await _connection.NextFrameAsync();
        var notice = Assert.IsType<ConnectionEvent>(frame[0]);
        Assert.Equal(2, notice.Dropped);
        Assert.Equal(ConnectionState.Connected, notice.State);
        Assert.Equal(DisconnectCode.None, notice.CloseCode);
        Assert.Equal(["high", "normal", "required"], frame.Skip(1).Select(e => e.ToString()!));
    }

    [Fact]
    public async Task Every_event_that_a_dropped_one_stands_for_counts()
    {
        _connection.IsSlow = true;
        var outbox = Outbox(eventsMax: 1);
        Post(outbox, "first");
        outbox.Post(new NamedEvent("three in one", MessagePriority.Low, count: 3));
        outbox.Post(new NamedEvent("normal", MessagePriority.Normal));
        await _connection.NextFrameAsync();
        _connection.Release();
        Assert.Equal(3, Assert.IsType<ConnectionEvent>((await _connection.NextFrameAsync())[0]).Dropped);
    }

    /// <summary>An event above the whole bound makes everything go, itself included: nothing is left to wait.</summary>
    [Fact]
    public async Task The_client_is_told_even_when_nothing_else_waits_for_it()
    {
        _connection.IsSlow = true;
        var outbox = Outbox(bytesMax: 100);
        Post(outbox, "first");
        outbox.Post(new NamedEvent("too large", MessagePriority.Normal, 101));
        await _connection.NextFrameAsync();
        _connection.Release();
        Assert.Equal(1, Assert.IsType<ConnectionEvent>(Assert.Single(await _connection.NextFrameAsync())).Dropped);
    }

    [Fact]
    public void What_was_gathered_and_dropped_before_any_write_is_told_as_well()
    {
        var outbox = Outbox(bytesMax: 100);
        Assert.True(outbox.Gather(new NamedEvent("too large", MessagePriority.Normal, 101)));
        outbox.Flush(new FrameCache());
        Assert.Equal(1, Assert.IsType<ConnectionEvent>(Assert.Single(_connection.Events)).Dropped);
    }

    [Fact]
    public async Task A_required_event_without_room_closes_the_connection()
    {
        _connection.IsSlow = true;
        var outbox = Outbox(eventsMax: 2);
        Post(outbox, "first", "second", "third");
        Assert.False(_connection.Closed.IsCompleted);
        Post(outbox, "fourth");
        Assert.Equal(DisconnectCode.SlowConsumer, await _connection.Closed.Guard());
    }

    [Fact]
    public async Task Bytes_bound_the_line_at_the_edge()
    {
        _connection.IsSlow = true;
        var outbox = Outbox(bytesMax: 100);
        Post(outbox, "first");
        outbox.Post(new NamedEvent("fits", null, 100));
        Assert.False(_connection.Closed.IsCompleted);
        outbox.Post(new NamedEvent("one byte more", null, 1));
        Assert.Equal(DisconnectCode.SlowConsumer, await _connection.Closed.Guard());
    }

    [Fact]
    public async Task After_it_was_closed_for_slowness_nothing_more_is_written()
    {
        _connection.IsSlow = true;
        var outbox = Outbox(eventsMax: 1);
        Post(outbox, "first", "second", "third");
        var flushed = outbox.FlushedAsync();
        Assert.True(flushed.IsCompleted);
        _connection.Release();
        Post(outbox, "late");
        Assert.Equal([["first"]], Frames());
        await _connection.Closed.Guard();
    }

    [Fact]
    public void Flushed_completes_at_once_when_nothing_waits()
    {
        var outbox = Outbox();
        Post(outbox, "a");
        Assert.True(outbox.FlushedAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Flushed_completes_when_all_that_was_posted_before_was_written_and_not_earlier()
    {
        _connection.IsSlow = true;
        var outbox = Outbox();
        Post(outbox, "a", "b");
        var flushed = outbox.FlushedAsync();
        await _connection.NextFrameAsync();
        _connection.Release();
        await _connection.NextFrameAsync();
        Assert.False(flushed.IsCompleted);
        _connection.Release();
        await flushed.Guard();
        Assert.Equal([["a"], ["b"]], Frames());
    }

    [Fact]
    public async Task Flushed_waits_no_longer_than_its_patience()
    {
        _connection.IsSlow = true;
        var outbox = Outbox();
        Post(outbox, "a");
        var flushed = outbox.FlushedAsync(TimeSpan.FromSeconds(1));
        Assert.False(flushed.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await flushed.Guard();
    }

    [Fact]
    public async Task Close_completes_who_waits_and_drops_what_waits()
    {
        _connection.IsSlow = true;
        var outbox = Outbox();
        Post(outbox, "a", "b");
        var flushed = outbox.FlushedAsync();
        outbox.Close();
        await flushed.Guard();
        _connection.Release();
        Post(outbox, "c");
        Assert.False(outbox.Gather(new NamedEvent("d")));
        Assert.True(outbox.FlushedAsync().IsCompleted);
        Assert.Equal([["a"]], Frames());
    }

    [Fact]
    public async Task A_write_that_waits_too_long_is_stalled()
    {
        _connection.IsSlow = true;
        var outbox = Outbox();
        Assert.False(outbox.IsStalled);
        Post(outbox, "a");
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.False(outbox.IsStalled);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(outbox.IsStalled);
        var flushed = outbox.FlushedAsync();
        _connection.Release();
        await flushed.Guard();
        Assert.False(outbox.IsStalled);
    }

    [Fact]
    public async Task Each_write_has_its_own_time_before_it_is_stalled()
    {
        _connection.IsSlow = true;
        var outbox = Outbox();
        Post(outbox, "a", "b");
        await _connection.NextFrameAsync();
        _clock.Advance(TimeSpan.FromSeconds(50));
        _connection.Release();
        await _connection.NextFrameAsync();
        _clock.Advance(TimeSpan.FromSeconds(50));
        Assert.False(outbox.IsStalled);
    }

    [Fact]
    public async Task A_failing_write_closes_the_session_and_its_connection()
    {
        var outbox = Outbox();
        _connection.WriteFailure = new IOException("gone");
        Post(outbox, "a");
        Assert.Equal(DisconnectCode.Unavailable, await _connection.Closed.Guard());
        _connection.WriteFailure = null;
        Post(outbox, "b");
        Assert.Empty(Frames());
        Assert.False(outbox.IsStalled);
    }

    [Fact]
    public async Task An_event_that_cannot_be_encoded_closes_the_session_and_harms_nobody_else()
    {
        var outbox = Outbox();
        _connection.EncodeFailure = new ArgumentException("no form for it");
        Post(outbox, "a");
        Assert.Equal(DisconnectCode.Unavailable, await _connection.Closed.Guard());
        Assert.True(outbox.FlushedAsync().IsCompleted);
    }

    [Fact]
    public async Task A_gathered_event_that_cannot_be_encoded_closes_the_session_and_harms_nobody_else()
    {
        var outbox = Outbox();
        _connection.EncodeFailure = new ArgumentException("no form for it");
        Assert.True(outbox.Gather(new NamedEvent("a")));
        outbox.Flush(new FrameCache());
        Assert.Equal(DisconnectCode.Unavailable, await _connection.Closed.Guard());
    }

    [Fact]
    public void Gathered_events_wait_for_the_flush_and_leave_in_one_frame()
    {
        var outbox = Outbox();
        Assert.True(outbox.Gather(new NamedEvent("a")));
        Assert.False(outbox.Gather(new NamedEvent("b")));
        Assert.Empty(Frames());
        outbox.Flush(new FrameCache());
        outbox.Flush(new FrameCache());
        Assert.Equal([["a", "b"]], Frames());
    }

    [Fact]
    public void A_post_takes_along_what_was_gathered_before_it()
    {
        var outbox = Outbox();
        outbox.Gather(new NamedEvent("a"));
        Post(outbox, "b");
        outbox.Flush(new FrameCache());
        Assert.Equal([["a", "b"]], Frames());
    }

    [Fact]
    public async Task What_is_gathered_during_a_write_leaves_without_a_flush()
    {
        _connection.IsSlow = true;
        var outbox = Outbox();
        Post(outbox, "a");
        Assert.False(outbox.Gather(new NamedEvent("b")));
        await ReleaseAsync("a", "b");
        Assert.Equal([["a"], ["b"]], Frames());
    }

    [Fact]
    public void The_same_events_for_several_sessions_are_encoded_once()
    {
        var events = new[] { new NamedEvent("a"), new NamedEvent("b") };
        var outboxes = Enumerable.Range(0, 3).Select(_ => Outbox()).ToList();
        var frames = new FrameCache();
        foreach (var outbox in outboxes)
            foreach (var sessionEvent in events)
                outbox.Gather(sessionEvent);
        outboxes.ForEach(outbox => outbox.Flush(frames));
        Assert.Equal(3, Frames().Count);
        Assert.Equal(1, _connection.Encodings);
    }

    [Fact]
    public void A_frame_of_one_kind_of_connection_is_not_given_to_another()
    {
        var other = new OtherConnection();
        var events = new List<SessionEvent> { new NamedEvent("a"), new NamedEvent("b") };
        var frames = new FrameCache();
        frames.Get(_connection, events);
        frames.Get(other, events);
        Assert.Equal((1, 1), (_connection.Encodings, other.Encodings));
    }

    /// <summary>
    /// Posters on many threads against a writer that is slow now and then: nothing may be lost, nothing may overtake an
    /// event of the same poster. The connection itself fails when two writes are under way at once.
    /// </summary>
    [Fact]
    public async Task Posters_on_many_threads_lose_nothing_and_keep_their_order()
    {
        const int Posters = 8;
        const int Each = 2_000;
        var connection = new YieldingConnection();
        var outbox = new SessionOutbox(
            connection, new() { EventsMax = 1_000_000, BytesMax = 256 * 1024 * 1024 }, _clock);
        await Task.WhenAll(Enumerable.Range(0, Posters).Select(poster => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
                if (i % 3 != 0)
                    outbox.Post(new NamedEvent($"{poster}/{i}"));
                else if (outbox.Gather(new NamedEvent($"{poster}/{i}")))
                    outbox.Flush(new FrameCache());
        }))).Guard();
        await outbox.FlushedAsync().Guard();
        var byPoster = connection.Written
            .Select(name => name.Split('/'))
            .ToLookup(name => name[0], name => int.Parse(name[1], CultureInfo.InvariantCulture));
        Assert.Equal(Posters, byPoster.Count);
        Assert.All(byPoster, numbers => Assert.Equal(Enumerable.Range(0, Each), numbers));
    }

    private SessionOutbox Outbox(int eventsMax = 8192, int bytesMax = 1024 * 1024) =>
        new(_connection, new() { EventsMax = eventsMax, BytesMax = bytesMax }, _clock);

    private static void Post(SessionOutbox outbox, params string[] names)
    {
        foreach (var name in names)
            outbox.Post(new NamedEvent(name));
    }

    private List<List<string>> Frames() =>
        [.. _connection.Frames.Select(frame => frame.Select(e => e.ToString()!).ToList())];

    /// <summary>Completes writes until these events were all written.</summary>
    private async Task ReleaseAsync(params string[] names)
    {
        for (var written = 0; written < names.Length;)
        {
            written += (await _connection.NextFrameAsync()).Count;
            _connection.Release();
        }
    }

    private sealed class OtherConnection : FakeConnection;

    /// <summary>Completes some writes at once and others on another thread.</summary>
    private sealed class YieldingConnection : ISessionConnection
    {
        private readonly List<string> _written = [];
        private int _writes;
        private int _isWriting;

        public IReadOnlyList<string> Written => _written;

        public Task EndedAsync() => Task.CompletedTask;

        public object Encode(IReadOnlyList<SessionEvent> events) => events.Select(e => e.ToString()!).ToList();

        public object Encode(SessionEvent sessionEvent) => Encode([sessionEvent]);

        public ValueTask WriteAsync(object frame)
        {
            Assert.Equal(0, Interlocked.Exchange(ref _isWriting, 1));
            _written.AddRange((List<string>)frame);
            if (++_writes % 4 == 0)
                return SlowlyAsync();
            Volatile.Write(ref _isWriting, 0);
            return default;
        }

        public void Close(DisconnectCode code) => throw new InvalidOperationException($"Closed with {code}.");

        private async ValueTask SlowlyAsync()
        {
            await Task.Yield();
            Volatile.Write(ref _isWriting, 0);
        }
    }
}
