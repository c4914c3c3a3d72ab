using System.Net.WebSockets;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Protocols.Room;
using ImOrleans.Gateway.Protocols.WebSockets;
using ImOrleans.Gateway.Tests.Auth;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Gateway.Tests.Protocols.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImOrleans.Gateway.Tests.Protocols.Room;

/// <summary>The chat room door of a gateway whose grains are fakes.</summary>
internal sealed class RoomBench : IDisposable
{
    public RoomBench()
    {
        SignIn = new(
            new TokenAuthenticator(
                new JsonWebTokenVerifier(Tokens.Key, new JsonWebTokenRules()), new Anybody(), Gateway.Clock),
            Gateway.Lifecycle, Gateway.MessageChannels, Health, Microsoft.Extensions.Options.Options.Create(Options));
    }

    public GatewayBench Gateway { get; } = new();

    public RoomOptions Options { get; } = new();

    public GatewayHealth Health { get; } = new(null!) { IsReady = true };

    public RoomSignIn SignIn { get; }

    /// <summary>A client that connects.</summary>
    public RoomClient Open() => new(this);

    /// <summary>One that has signed in.</summary>
    public async Task<RoomClient> EnterAsync(string user = "ann", string room = GatewayBench.Lobby)
    {
        var client = Open();
        await client.SendAsync(RoomBytes.SignIn(Token(user), room));
        Assert.Equal(RoomBytes.Success, await client.ReceiveAsync());
        return client;
    }

    public string Token(string user, TimeSpan? lifetime = null)
    {
        var now = Gateway.Clock.GetUtcNow().ToUnixTimeSeconds();
        return Tokens.Sign(
            $$"""{"rtm":1,"ctm":1,"iat":{{now}},"exp":{{now + (long)(lifetime ?? TimeSpan.FromHours(1)).TotalSeconds}},"uid":"{{user}}"}""");
    }

    public void Dispose() => Gateway.Dispose();

    /// <summary>A connection to the door, from its client's side.</summary>
    internal sealed class RoomClient : IDisposable
    {
        private readonly SocketPair _pair;
        private readonly RoomLink _link;

        public RoomClient(RoomBench bench)
        {
            _pair = new(new() { IdleMax = bench.Options.IdleMax }, bench.Gateway.Clock);
            _link = new(
                _pair.Server, bench.SignIn, bench.Gateway.MessageChannels, bench.Options.SignInTimeout, bench.Gateway.Clock,
                NullLogger.Instance);
            Served = ServeAsync();
        }

        /// <summary>Completes when the server is done with the connection.</summary>
        public Task Served { get; }

        public WebSocket Socket => _pair.Client;

        public SocketConnection Server => _pair.Server;

        public Task SendAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Binary) =>
            _pair.Client.SendAsync(bytes, type, true, CancellationToken.None).Guard();

        /// <summary>The next message; null when the server closes.</summary>
        public Task<byte[]?> ReceiveAsync() => _pair.ClientReceiveBytesAsync();

        /// <summary>Sends a heartbeat and reads its answer: nothing else came before, and all before was taken.</summary>
        public async Task BeatAsync()
        {
            await SendAsync(RoomBytes.Req(RoomBytes.Heartbeat));
            Assert.Equal(RoomBytes.Req(RoomBytes.Heartbeat, "pong"u8.ToArray()), await ReceiveAsync());
        }

        public void Dispose() => _pair.Dispose();

        private async Task ServeAsync()
        {
            using (_link)
                await _link.RunAsync();
            await _pair.Server.FinishAsync(SocketClosing.Normal);
        }
    }

    private sealed class Anybody : IUserIdRule
    {
        public bool IsValid(string userId) => userId.Length > 0;
    }
}
