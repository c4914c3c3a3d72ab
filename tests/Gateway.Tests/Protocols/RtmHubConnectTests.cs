using System.IO.Pipelines;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Gateway.Tests.Doubles;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImOrleans.Gateway.Tests.Protocols;

/// <summary>The hub's side of a login.</summary>
public sealed class RtmHubConnectTests : IDisposable
{
    private readonly GatewayBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_login_that_does_not_reach_the_users_grain_is_told_why_and_to_come_again()
    {
        _bench.Grains.User("ann").OnCall = _ => throw new TimeoutException();
        Assert.Equal((1, 2, 3002, (int)ErrorCode.LoginTimeout), await RefusedAsync());
    }

    [Fact]
    public async Task A_device_too_many_is_told_so_and_not_to_come_again()
    {
        _bench.Grains.User("ann").Script("Connect", ErrorCode.LoginRejected);
        Assert.Equal((5, 10, 3504, (int)ErrorCode.LoginRejected), await RefusedAsync());
    }

    /// <summary>State, reason, close code and error code of the one event of a connection.</summary>
    private async Task<(int State, int Reason, int CloseCode, int ErrorCode)> RefusedAsync()
    {
        var received = new Pipe();
        var transport = new DefaultConnectionContext("c")
        {
            Transport = new Duplex(new Pipe().Reader, received.Writer),
        };
        var connection = new HubConnectionContext(transport, new(), NullLoggerFactory.Instance)
        {
            Protocol = new JsonHubProtocol(),
        };
        var http = new DefaultHttpContext();
        http.SetVerifiedToken(new("ann", DateTimeOffset.MaxValue, DateTimeOffset.MinValue, null, null), "token");
        connection.Features.Set<IHttpContextFeature>(new WithHttp { HttpContext = http });
        connection.Features.Set(new SignalRConnection(connection));
        using var hub = new RtmHub(
            _bench.Lifecycle, _bench.Channels, _bench.Topics, _bench.MessageChannels, _bench.Users, _bench.Metadata,
            _bench.Locks, _bench.Presence, _bench.History, null!, null!, null!, null!, _bench.Clock) { Context = new Caller(connection) };

        await hub.OnConnectedAsync().Guard();

        var frame = Encoding.UTF8.GetString((await received.Reader.ReadAsync()).Buffer.FirstSpan).TrimEnd('\u001e');
        using var told = JsonDocument.Parse(frame);
        Assert.Equal("OnConnectionEvents", told.RootElement.GetProperty("target").GetString());
        var one = told.RootElement.GetProperty("arguments")[0][0];
        Assert.Empty(_bench.Lifecycle.All);
        return (Number("state"), Number("reason"), Number("closeCode"), Number("errorCode"));

        int Number(string name) => one.GetProperty(name).GetInt32();
    }

    private sealed class WithHttp : IHttpContextFeature
    {
        public HttpContext? HttpContext { get; set; }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Caller(HubConnectionContext connection) : HubCallerContext
    {
        public override string ConnectionId => connection.ConnectionId;

        public override string? UserIdentifier => null;

        public override ClaimsPrincipal? User => null;

        public override IDictionary<object, object?> Items => connection.Items;

        public override IFeatureCollection Features => connection.Features;

        public override CancellationToken ConnectionAborted => connection.ConnectionAborted;

        public override void Abort() => connection.Abort();
    }
}
