using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Protocols.ImJson;
using ImOrleans.Gateway.Protocols.WebSockets;
using ImOrleans.Gateway.Tests.Auth;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Gateway.Tests.Protocols.WebSockets;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Tests.Protocols.ImJson;

/// <summary>The door between real WebSockets in memory and fake grains, with one clock for all.</summary>
internal sealed class ImBench : IDisposable
{
    private readonly List<Client> _clients = [];
    private readonly ImLoginCalls _logins;
    private readonly ImApp _app;

    public ImBench(ImOptions? options = null, string environment = "Development", bool testTokens = false)
    {
        DoorOptions = options ?? new();
        var trust = new ImTrust(
            Options.Create(DoorOptions), Options.Create(new AuthOptions { TestTokens = testTokens }),
            new HostingEnvironment { EnvironmentName = environment });
        var authenticator = new TokenAuthenticator(
            new JsonWebTokenVerifier(Tokens.Key, new AuthOptions().ToRules()), new AnyUser(), Gateway.Clock);
        Trust = trust;
        _logins = new(
            Gateway.Lifecycle, authenticator, trust, new GatewayHealth(null!) { IsReady = true }, Options.Create(DoorOptions),
            Gateway.Clock);
        _app = new(Gateway.MessageChannels, Gateway.Clock, NullLogger<ImApp>.Instance);
    }

    public GatewayBench Gateway { get; } = new();

    public ImOptions DoorOptions { get; }

    public ImTrust Trust { get; }

    public FakeInboxGrain Inbox(string user) => Gateway.Grains.Inbox(user);

    /// <summary>A token of a user, in force.</summary>
    public string Token(string user) => Tokens.Sign(
        $$"""{"sub":"{{user}}","exp":{{Gateway.Clock.GetUtcNow().ToUnixTimeSeconds() + 3600}}}""");

    /// <summary>A client connects.</summary>
    public Client Connect()
    {
        var client = new Client(Gateway.Clock);
        _clients.Add(client);
        var link = new ImLink(
            client.Socket, _logins, _app, Gateway.Chats, Gateway.Lifecycle, DoorOptions, Gateway.Clock, NullLogger.Instance);
        client.Served = link.RunAsync();
        return client;
    }

    /// <summary>A client connects and signs in.</summary>
    public async Task<Client> LoginAsync(string user = "ann")
    {
        var client = Connect();
        Assert.Equal(200, await client.AskAsync("login", $$"""{"userId":"{{user}}","appId":101}"""));
        return client;
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
        Gateway.Dispose();
    }

    private sealed class AnyUser : IUserIdRule
    {
        public bool IsValid(string userId) => true;
    }

    /// <summary>The client's end of a connection, and the server's.</summary>
    internal sealed class Client : IDisposable
    {
        private readonly WebSocket _socket;
        private readonly PipeStream _wire;

        public Client(TimeProvider clock)
        {
            var (near, far) = PipeStream.NewPair();
            (_wire, _socket) = (far, WebSocket.CreateFromStream(far, isServer: false, null, TimeSpan.Zero));
            Socket = new(
                WebSocket.CreateFromStream(near, isServer: true, null, TimeSpan.Zero), new SocketLimits(), clock, near.Cut);
        }

        public SocketConnection Socket { get; }

        /// <summary>Ends when the server has served it to its end.</summary>
        public Task Served { get; set; } = Task.CompletedTask;

        /// <summary>Why the server closes the connection; 0 while it is open.</summary>
        public int CloseCode => (int)(Socket.Closing?.Status ?? 0);

        public Task SendAsync(string text) => _socket.SendAsync(
            Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None).Guard();

        /// <summary>The next frame.</summary>
        public async Task<string> ReceiveAsync()
        {
            var buffer = new byte[256 * 1024];
            var length = 0;
            while (true)
            {
                var read = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).AsTask().Guard();
                Assert.NotEqual(WebSocketMessageType.Close, read.MessageType);
                length += read.Count;
                if (read.EndOfMessage)
                    return Encoding.UTF8.GetString(buffer, 0, length);
            }
        }

        /// <summary>The first bytes of the next frame.</summary>
        public async Task ReceiveSomeAsync() =>
            Assert.False((await _socket.ReceiveAsync(new byte[16].AsMemory(), CancellationToken.None).AsTask().Guard()).EndOfMessage);

        /// <summary>The text of the next message.</summary>
        public async Task<string> MessageAsync()
        {
            using var frame = JsonDocument.Parse(await ReceiveAsync());
            Assert.Equal("msg", frame.RootElement.GetProperty("cmd").GetString());
            return frame.RootElement.GetProperty("response").GetProperty("data").GetProperty("msg").GetString()!;
        }

        /// <summary>Asks; the code of the answer, which must come next.</summary>
        public async Task<int> AskAsync(string cmd, string data = "{}")
        {
            await SendAsync($$"""{"seq":"1","cmd":"{{cmd}}","data":{{data}}}""");
            using var frame = JsonDocument.Parse(await ReceiveAsync());
            Assert.Equal(cmd, frame.RootElement.GetProperty("cmd").GetString());
            return frame.RootElement.GetProperty("response").GetProperty("code").GetInt32();
        }

        /// <summary>Takes its leave.</summary>
        public Task CloseAsync() =>
            _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).Guard();

        /// <summary>The network fails.</summary>
        public void Cut() => _wire.Cut();

        public void Dispose()
        {
            Socket.Dispose();
            _socket.Dispose();
        }
    }
}
