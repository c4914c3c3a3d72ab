using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.ClientKit;

/// <summary>.NET's own SignalR client, connected to the hub, with what it has received in queues that tests await.</summary>
public sealed class RtmClient : IAsyncDisposable
{
    /// <summary>A test that waits longer has failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource<Exception?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RtmClient(HubConnection connection)
    {
        Connection = connection;
        connection.Closed += failure =>
        {
            _closed.TrySetResult(failure);
            return Task.CompletedTask;
        };
        Messages = new(connection, "OnMessages");
        TopicEvents = new(connection, "OnTopicEvents");
        PresenceEvents = new(connection, "OnPresenceEvents");
        StorageEvents = new(connection, "OnStorageEvents");
        LockEvents = new(connection, "OnLockEvents");
        TokenEvents = new(connection, "OnTokenEvents");
        ConnectionEvents = new(connection, "OnConnectionEvents", one => !IsOfChannel(one));
        ChannelStates = new(connection, "OnConnectionEvents", IsOfChannel);
    }

    public HubConnection Connection { get; }

    /// <summary>The event that told of the login, once it has come.</summary>
    public JsonElement Greeting { get; private set; }

    public EventQueue Messages { get; }

    public EventQueue TopicEvents { get; }

    public EventQueue PresenceEvents { get; }

    public EventQueue StorageEvents { get; }

    public EventQueue LockEvents { get; }

    public EventQueue TokenEvents { get; }

    /// <summary>The events of the connection itself.</summary>
    public EventQueue ConnectionEvents { get; }

    /// <summary>Connection events that are about a channel.</summary>
    public EventQueue ChannelStates { get; }

    /// <summary>Completes when the connection has ended.</summary>
    public Task<Exception?> Closed => _closed.Task.WaitAsync(Patience);

    /// <summary>How many events of the session have come over this connection.</summary>
    public long Received =>
        Messages.Received + TopicEvents.Received + PresenceEvents.Received + StorageEvents.Received + LockEvents.Received
        + TokenEvents.Received + ConnectionEvents.Received + ChannelStates.Received;

    /// <summary>Connects, and waits until the server says that it is connected.</summary>
    public static async Task<RtmClient> ConnectAsync(Uri server, string token, string query = "")
    {
        var client = Create(server, token, query);
        await client.Connection.StartAsync().WaitAsync(Patience);
        client.Greeting = await client.ConnectionEvents.NextAsync();
        return client;
    }

    /// <summary>A client that is not connected yet.</summary>
    public static RtmClient Create(Uri server, string token, string query = "")
    {
        ArgumentNullException.ThrowIfNull(server);
        var address = new UriBuilder(server)
        {
            Scheme = "ws",
            Path = "/rtm",
            Query = $"access_token={Uri.EscapeDataString(token)}{query}",
        };
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<IConnectionFactory, WebSocketConnectionFactory>();
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(address.Uri));
        return new(builder.Build());
    }

    /// <summary>Calls a method; the whole reply.</summary>
    public Task<JsonElement> CallAsync(string method, object? request) =>
        Connection.InvokeAsync<JsonElement>(method, request).WaitAsync(Patience);

    /// <summary>Calls a method that must be done; its data.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task<JsonElement> DoAsync(string method, object? request)
    {
        var reply = await CallAsync(method, request);
        if (reply.GetProperty("code").GetInt32() != 0)
            throw new InvalidOperationException($"{method} was refused: {reply}");
        return reply.TryGetProperty("data", out var data) ? data : default;
    }

    /// <summary>Calls a method; its code.</summary>
    public async Task<int> CodeAsync(string method, object? request) =>
        (await CallAsync(method, request)).GetProperty("code").GetInt32();

    private static bool IsOfChannel(JsonElement one) => one.TryGetProperty("channel", out _);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
