using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.SharedData;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Channels;

/// <summary>What clients are told of the state of a stream channel, and when.</summary>
public sealed class ChannelStateTests : IDisposable
{
    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _connection = new();

    private FakeUserGrain Ann => _bench.Grains.User("ann");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_join_and_a_leave_are_told_before_their_calls_return_the_join_behind_its_snapshots()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null, withMetadata: true).Guard());
        Assert.Equal(["snapshot[]", "all@0[]", "lobby Connected/JoinSuccess"], ToldInFull(_connection).Skip(1));
        AssertAccepted(await _bench.Channels.LeaveAsync(session, new(Lobby)).Guard());
        Assert.Equal(["lobby Disconnected/LeaveChannel"], ToldInFull(_connection).Skip(4));
        Assert.All(
            _connection.Events.OfType<ConnectionEvent>(),
            told => Assert.Equal((DisconnectCode.None, true), (told.CloseCode, told.IsCounted || told.Channel is null)));
    }

    [Fact]
    public async Task What_is_refused_changes_no_state()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        Ann.Script("JoinChannel", ErrorCode.ChannelJoinFailed);
        AssertRefused(ErrorCode.ChannelJoinFailed, await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
        AssertRefused(ErrorCode.ChannelNotJoined, await _bench.Channels.LeaveAsync(session, new(Lobby)).Guard());
        Assert.Equal(["Connected/LoginSuccess"], ToldInFull(_connection));
    }

    /// <summary>A client goes by the last state that it was told.</summary>
    [Fact]
    public async Task A_token_that_ends_while_the_channel_is_joined_is_told_behind_the_join()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        var data = _bench.Grains.Data(ChannelType.Stream, Lobby);
        data.Hold("Watch");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null, withMetadata: true);
        var watch = await data.NextAsync("Watch");
        var expiresAt = _bench.Clock.GetUtcNow();
        _bench.DeliverToLobby(1, new SessionNotice(1, session.Id, SessionNoticeKind.TokenExpired, expiresAt));
        watch.Reply(new SharedDataWatched(data.Stamp, data.Metadata, null));
        AssertAccepted(await joining.Guard());
        await session.Calls.IdleAsync().Guard();
        Assert.Equal(
            ["lobby Connected/JoinSuccess", "lobby Failed/TokenExpired"],
            ToldInFull(_connection).Where(told => told.StartsWith("lobby ", StringComparison.Ordinal)));
        AssertRefused(ErrorCode.ChannelNotJoined, await _bench.Channels.LeaveAsync(session, new(Lobby)).Guard());
    }

    [Fact]
    public async Task The_end_of_a_session_is_told_of_the_connection_alone()
    {
        var session = await _bench.JoinAsync("ann", _connection);
        await _bench.Lifecycle.LogoutAsync(session).Guard();
        Assert.Equal(["lobby Connected/JoinSuccess", "Disconnected/Logout"], ToldInFull(_connection).Skip(2));
    }
}
