using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ImOrleans.Gateway.Sessions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>Listens for the RTM2 Go SDK, when it is configured, and serves a bounded number of connections.</summary>
internal sealed partial class GoWireService(
    GoLoginCalls login, GoCalls calls, SessionLifecycle lifecycle, IOptions<GoWireOptions> options,
    IOptions<SessionOutboxOptions> outbox, TimeProvider clock, ILoggerFactory loggers, ILogger<GoWireService> logger)
    : IHostedService, IDisposable
{
    /// <summary>
    /// Bytes that wait in a connection before writing counts as busy and events gather: a few frames, since what waits
    /// there can be neither dropped nor put together any more.
    /// </summary>
    private const int WriteBufferBytes = 16 * 1024;

    private const int ReadBufferBytes = 64 * 1024;

    /// <summary>The SDK sends nothing when it has nothing to say: only the system finds out that it is gone.</summary>
    private const int KeepAliveSeconds = 60;

    private const int KeepAliveRetrySeconds = 10;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<GoWireConnection, Task> _open = new();
    private readonly CancellationTokenSource _stopping = new();
    private IConnectionListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _count;

    /// <summary>Where it listens; null when it does not.</summary>
    public EndPoint? Address => _listener?.EndPoint;

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.ToEndPoint() is not { } address)
            return;
        var factory = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions
            {
                MaxReadBufferSize = ReadBufferBytes,
                MaxWriteBufferSize = WriteBufferBytes,
            }),
            loggers);
        try
        {
            _listener = await factory.BindAsync(address, cancellationToken);
        }
        catch (Exception failure) when (failure is SocketException or AddressInUseException)
        {
            throw new InvalidOperationException(
                $"{GoWireOptions.SectionName}:{nameof(GoWireOptions.Listen)} {address} cannot be listened on.", failure);
        }

        LogListening(logger, _listener.EndPoint);
        _accepting = AcceptAsync(_listener);
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_listener is null)
            return;
        await _stopping.CancelAsync();
        await _listener.UnbindAsync(cancellationToken);
        await _accepting;
        foreach (var connection in _open.Keys)
            connection.Abort();
        await Task.WhenAll(_open.Values).WaitAsync(cancellationToken);
        await _listener.DisposeAsync();
    }

    /// <inheritdoc />
    public void Dispose() => _stopping.Dispose();

    private async Task AcceptAsync(IConnectionListener listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (await listener.AcceptAsync(_stopping.Token) is not { } transport)
                    return;
                _ = ServeAsync(transport);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure) when (failure is SocketException or IOException)
            {
                // Mostly no file handles are left; connections that end give some back.
                LogAcceptFailed(logger, failure);
                await Task.Delay(AcceptPause, clock);
            }
        }
    }

    private async Task ServeAsync(ConnectionContext transport)
    {
        using var connection = new GoWireConnection(transport, outbox.Value.StallMax, clock);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await using var closed = transport;
            if (Interlocked.Increment(ref _count) > options.Value.ConnectionsMax)
            {
                LogTooMany(logger, options.Value.ConnectionsMax);
                return;
            }

            _open[connection] = ended.Task;
            KeepAlive(transport);
            using var link = new GoWireLink(
                transport, connection, login, calls, lifecycle, options.Value.LoginTimeout, clock, logger);
            await link.RunAsync();
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            LogServingFailed(logger, defect);
        }
        finally
        {
            Interlocked.Decrement(ref _count);
            _open.TryRemove(connection, out _);
            ended.SetResult();
        }
    }

    private static void KeepAlive(ConnectionContext transport)
    {
        if (transport.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
            return;
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveRetrySeconds);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    [LoggerMessage(EventId = GoWireLogEvents.Listening, Level = LogLevel.Information,
        Message = "The RTM2 Go SDK is served on {Address}, without encryption")]
    private static partial void LogListening(ILogger logger, EndPoint address);

    [LoggerMessage(EventId = GoWireLogEvents.AcceptFailed, Level = LogLevel.Warning,
        Message = "A connection of an RTM2 Go SDK could not be accepted")]
    private static partial void LogAcceptFailed(ILogger logger, Exception failure);

    [LoggerMessage(EventId = GoWireLogEvents.ServingFailed, Level = LogLevel.Error,
        Message = "A connection of an RTM2 Go SDK ended by a defect")]
    private static partial void LogServingFailed(ILogger logger, Exception defect);

    [LoggerMessage(EventId = GoWireLogEvents.TooManyConnections, Level = LogLevel.Debug,
        Message = "A connection of an RTM2 Go SDK is cut off: {ConnectionsMax} are open (GoWire:ConnectionsMax)")]
    private static partial void LogTooMany(ILogger logger, int connectionsMax);
}
