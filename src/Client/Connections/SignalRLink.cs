using System.Text.Json;
using ImOrleans.Client.Wire;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace ImOrleans.Client.Connections;

/// <summary>A link over SignalR's own client: handshake, frames and pings are its work.</summary>
internal sealed class SignalRLink : ILink
{
    /// <summary>
    /// The client methods of the contract that nothing here needs. Events of a method without a handler could not be
    /// counted.
    /// </summary>
    private static readonly string[] OtherMethods =
    [
        "OnChatRoomEvents", "OnUserStatus",
    ];

    private readonly HubConnection _connection;
    private readonly WebSocketConnector _connector;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SignalRLink(HubConnection connection, WebSocketConnector connector, ILinkEvents events)
    {
        _connection = connection;
        _connector = connector;
        connection.Closed += _ =>
        {
            _closed.TrySetResult();
            return Task.CompletedTask;
        };
        // The hub connection hands events over one after the other, before it reports its end.
        connection.On<WireMessage[]>("OnMessages", events.OnMessages);
        connection.On<WireTopicEvent[]>("OnTopicEvents", events.OnTopicEvents);
        connection.On<WirePresenceEvent[]>("OnPresenceEvents", events.OnPresenceEvents);
        connection.On<WireStorageEvent[]>("OnStorageEvents", events.OnStorageEvents);
        connection.On<WireLockEvent[]>("OnLockEvents", events.OnLockEvents);
        connection.On<WireTokenEvent[]>("OnTokenEvents", events.OnTokenEvents);
        connection.On<WireConnectionEvent[]>("OnConnectionEvents", events.OnConnectionEvents);
        connection.On<WireChatNotice[]>("OnChatNotify", events.OnChatNotices);
        connection.On<JsonElement[], string?>("OnChatMessages", events.OnChatMessages);
        foreach (var method in OtherMethods)
            connection.On<JsonElement[]>(method, others => events.OnOtherEvents(others.Length));
    }

    /// <inheritdoc />
    public Task Closed => _closed.Task;

    /// <inheritdoc />
    public async Task<WireReply> CallAsync(string method, object? request)
    {
        try
        {
            return await _connection.InvokeCoreAsync<WireReply>(method, [request], CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (HubException unknown)
        {
            // The one thing that is answered without a reply: a method that this server does not have.
            return new(10022, Error: "SERVICE_NOT_SUPPORTED", Message: unknown.Message);
        }
        catch (Exception lost)
        {
            throw new LinkLostException("The connection ended.", lost);
        }
    }

    /// <inheritdoc />
    public void Send(string method, object request) => _ = SendAsync(method, request);

    /// <inheritdoc />
    public void Abort() => _connector.Abort();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        _closed.TrySetResult();
    }

    private async Task SendAsync(string method, object request)
    {
        // A link that is gone is noticed elsewhere.
        await _connection.SendCoreAsync(method, [request], CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
