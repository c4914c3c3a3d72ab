using System.Net;
using System.Net.WebSockets;
using System.Text;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Protocols.WebSockets;
using ImOrleans.Gateway.Tests.Auth;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImOrleans.Gateway.Tests.Protocols.WebSockets;

public sealed class SocketDoorTests
{
    [Fact]
    public async Task A_client_is_served_until_it_closes()
    {
        await using var host = await StartAsync();
        using var client = await ConnectAsync(host);
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal("hello", await ReceiveAsync(client));
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).Guard();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Fact]
    public async Task One_connection_too_many_is_told_so_and_closed()
    {
        await using var host = await StartAsync(connectionsMax: 1);
        using var first = await ConnectAsync(host);
        using var second = await ConnectAsync(host);
        Assert.Equal("full", await ReceiveAsync(second));
        Assert.Null(await ReceiveAsync(second));
        Assert.Equal((WebSocketCloseStatus)1013, second.CloseStatus);
        Assert.Equal("too many connections", second.CloseStatusDescription);

        await first.SendAsync("still"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal("still", await ReceiveAsync(first));
    }

    [Fact]
    public async Task Refused_connections_are_bounded_too()
    {
        await using var host = await StartAsync(connectionsMax: 1);
        var clients = new List<ClientWebSocket>();
        try
        {
            // Those that are refused do not answer the close frame, and so stay for a while.
            for (var i = 0; i < 1 + SocketDoor.RefusalsMax; i++)
                clients.Add(await ConnectAsync(host));
            var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(host));
            Assert.Contains("503", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task A_request_that_is_no_WebSocket_is_400()
    {
        await using var host = await StartAsync();
        using var response = await host.Client.GetAsync("/door");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Pages_of_any_origin_may_come_until_origins_are_listed()
    {
        await using var open = await StartAsync();
        using var anybody = await ConnectAsync(open, "https://elsewhere.example");
        await using var listed = await StartAsync(origins: "https://chat.example.com");
        using var known = await ConnectAsync(listed, "https://chat.example.com");
        var refused = await Assert.ThrowsAsync<WebSocketException>(
            () => ConnectAsync(listed, "https://elsewhere.example"));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_defect_closes_with_1011()
    {
        await using var host = await StartAsync();
        using var client = await ConnectAsync(host);
        await client.SendAsync("throw"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Null(await ReceiveAsync(client));
        Assert.Equal(WebSocketCloseStatus.InternalServerError, client.CloseStatus);
    }

    [Fact]
    public async Task Connections_are_looked_at_every_five_seconds()
    {
        var clock = new ManualTimeProvider();
        await using var host = await StartAsync(limits: new() { IdleMax = TimeSpan.FromMinutes(1) }, clock: clock);
        using var client = await ConnectAsync(host);
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal("hello", await ReceiveAsync(client));
        clock.Advance(TimeSpan.FromSeconds(60));
        await client.SendAsync("still"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal("still", await ReceiveAsync(client));

        clock.Advance(TimeSpan.FromSeconds(65));
        Assert.Null(await ReceiveAsync(client));
        Assert.Equal((WebSocketCloseStatus)3012, client.CloseStatus);
    }

    [Fact]
    public async Task A_server_that_stops_closes_with_3001()
    {
        await using var host = await StartAsync();
        using var client = await ConnectAsync(host);
        host.Stop();
        Assert.Null(await ReceiveAsync(client));
        Assert.Equal((WebSocketCloseStatus)3001, client.CloseStatus);
        Assert.Equal("server stops", client.CloseStatusDescription);
        var late = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(host));
        Assert.Contains("503", late.Message, StringComparison.Ordinal);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).Guard();
    }

    private static Task<AuthHost> StartAsync(
        int connectionsMax = 100, string origins = "", SocketLimits? limits = null, TimeProvider? clock = null) =>
        AuthHost.StartAsync(
        app =>
        {
            var door = new SocketDoor(
                "test", connectionsMax, limits ?? new SocketLimits(), app.Services.GetRequiredService<OriginPolicy>(),
                app.Lifetime, clock ?? TimeProvider.System, NullLogger<SocketDoor>.Instance);
            app.MapSockets("/door", context => door.ServeAsync(context, EchoAsync, RefuseAsync));
        },
        settings: new() { [OriginPolicyOptions.Setting] = origins },
        services: services => services.AddOriginPolicy(),
        overTcp: true);

    private static async Task EchoAsync(SocketConnection connection)
    {
        while (await connection.ReceiveAsync() is { } message)
        {
            if (message.Bytes.Span.SequenceEqual("throw"u8))
                throw new InvalidOperationException("As asked.");
            await connection.SendAsync(message.Bytes.ToArray(), message.IsText);
        }
    }

    private static Task RefuseAsync(SocketConnection connection) => connection.SendAsync("full"u8.ToArray()).AsTask();

    private static async Task<ClientWebSocket> ConnectAsync(AuthHost host, string? origin = null)
    {
        var client = new ClientWebSocket();
        try
        {
            if (origin is not null)
                client.Options.SetRequestHeader("Origin", origin);
            var address = new UriBuilder(host.Client.BaseAddress!) { Scheme = "ws", Path = "/door" };
            await client.ConnectAsync(address.Uri, CancellationToken.None).Guard();
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task<string?> ReceiveAsync(ClientWebSocket client)
    {
        var buffer = new byte[1024];
        var read = await client.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().Guard();
        return read.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, read.Count);
    }
}
