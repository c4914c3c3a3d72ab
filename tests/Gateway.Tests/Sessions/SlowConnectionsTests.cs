using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Sessions;

/// <summary>Whoever reads too slowly cannot be told when it is cut off, and is when it comes back.</summary>
public sealed class SlowConnectionsTests : IDisposable
{
    private static readonly UserId Ann = new("ann");
    private static readonly DeviceId Phone = new("phone");

    /// <summary>As many of the events that the tests post fit into a session's line, which holds 1 MiB.</summary>
    private const int RoomForEvents = 4096;

    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _slow = new() { IsSlow = true };
    private readonly FakeConnection _next = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_whose_write_took_too_long_is_told_at_its_next_connect_and_once(bool isResumable)
    {
        var wishes = new ConnectWishes { IsResumable = isResumable, PresenceTimeout = TimeSpan.FromSeconds(20) };
        var session = await _bench.ConnectAsync("ann", _slow, wishes: wishes);
        _bench.Clock.Advance(TimeSpan.FromSeconds(61));
        _bench.Lifecycle.CloseStalled();
        Assert.Equal(DisconnectCode.SlowConsumer, await _slow.Closed.Guard());
        await _bench.Lifecycle.LoseAsync(session, _slow).Guard();

        await _bench.ConnectAsync("bob", _next);
        Assert.Equal(DisconnectCode.None, GreetingOf(_next).PreviousCloseCode);
        var back = new FakeConnection();
        var again = await _bench.ConnectAsync("ann", back, wishes: wishes with { Previous = session.Key });
        var greeting = GreetingOf(back);
        Assert.Equal(
            (DisconnectCode.SlowConsumer, isResumable, 0L), (greeting.PreviousCloseCode, greeting.IsResumed, greeting.Dropped));

        await _bench.Lifecycle.LoseAsync(again, back).Guard();
        var third = new FakeConnection();
        await _bench.ConnectAsync("ann", third, wishes: wishes with { Previous = again.Key });
        Assert.Equal(DisconnectCode.None, GreetingOf(third).PreviousCloseCode);
    }

    [Fact]
    public async Task One_for_whom_there_was_no_room_is_told_how_much_is_lost()
    {
        var wishes = new ConnectWishes { IsResumable = true };
        var session = await _bench.ConnectAsync("ann", _slow, wishes: wishes);
        for (var i = 0; i < RoomForEvents; i++)
            session.Outbox.Post(new TokenEvent(false, null, default));
        Assert.False(_slow.Closed.IsCompleted);
        session.Outbox.Post(new TokenEvent(false, null, default));
        Assert.Equal(DisconnectCode.SlowConsumer, await _slow.Closed.Guard());
        await _bench.Lifecycle.LoseAsync(session, _slow).Guard();

        await _bench.ConnectAsync("ann", _next, wishes: wishes with { Previous = session.Key, Received = 0 });
        var greeting = GreetingOf(_next);
        Assert.Equal(
            (DisconnectCode.SlowConsumer, false, RoomForEvents + 1L), (greeting.PreviousCloseCode, greeting.IsResumed, greeting.Dropped));
    }

    /// <summary>Who is away reads nothing, and is not slow.</summary>
    [Fact]
    public async Task What_found_no_room_while_a_client_was_away_says_nothing_of_its_connection()
    {
        var first = new FakeConnection();
        var wishes = new ConnectWishes { IsResumable = true };
        var session = await _bench.ConnectAsync("ann", first, wishes: wishes);
        await _bench.Lifecycle.LoseAsync(session, first).Guard();
        for (var i = 0; i <= RoomForEvents; i++)
            session.Outbox.Post(new TokenEvent(false, null, default));
        await _bench.ConnectAsync("ann", _next, wishes: wishes with { Previous = session.Key });
        Assert.Equal(DisconnectCode.None, GreetingOf(_next).PreviousCloseCode);
        Assert.False(GreetingOf(_next).IsResumed);
    }

    [Fact]
    public void Each_device_is_known_until_it_is_told()
    {
        var known = new SlowConnections(_bench.Clock);
        known.Note(Ann, Phone, 1);
        known.Note(Ann, Phone, 2);
        Assert.False(known.TryFind(Ann, new("tablet"), out _));
        Assert.False(known.TryFind(new("bob"), Phone, out _));
        Assert.True(known.TryFind(Ann, Phone, out var lost));
        Assert.Equal(2, lost);
        known.Forget(Ann, Phone);
        known.Forget(Ann, Phone);
        Assert.False(known.TryFind(Ann, Phone, out _));
    }

    [Fact]
    public void Beyond_the_bound_the_oldest_is_forgotten_and_so_is_what_is_too_old()
    {
        var known = new SlowConnections(_bench.Clock);
        for (var i = 0; i <= SlowConnections.KeptMax; i++)
            known.Note(new($"user{i}"), Phone, i);
        Assert.False(known.TryFind(new("user0"), Phone, out _));
        Assert.True(known.TryFind(new("user1"), Phone, out _));
        _bench.Clock.Advance(SlowConnections.AgeMax - TimeSpan.FromTicks(1));
        Assert.True(known.TryFind(new("user1"), Phone, out _));
        _bench.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.False(known.TryFind(new("user1"), Phone, out _));
    }

    private static ConnectionEvent GreetingOf(FakeConnection connection)
    {
        var greeting = Assert.IsType<ConnectionEvent>(connection.Events[0]);
        Assert.Equal("Connected/LoginSuccess", Describe(greeting));
        return greeting;
    }
}
