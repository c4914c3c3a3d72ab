using System.Collections.Concurrent;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Protocols.WebSockets;

/// <summary>
/// An address at which WebSockets of one protocol come in: a bounded number, each looked after, all closed when the server
/// stops.
/// </summary>
/// <remarks>
/// Pages of any origin may come, since these protocols sign in by a message and not by what a browser adds; an operator who
/// lists origins (<see cref="OriginPolicyOptions.AllowedOrigins"/>) lets only those in.
/// </remarks>
internal sealed partial class SocketDoor : IDisposable
{
    /// <summary>Connections beyond the limit that are told so at a time; more are not even upgraded.</summary>
    internal const int RefusalsMax = 64;

    private static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(5);

    private readonly string _name;
    private readonly int _connectionsMax;
    private readonly SocketLimits _limits;
    private readonly OriginPolicy _origins;
    private readonly TimeProvider _clock;
    private readonly ILogger<SocketDoor> _logger;
    private readonly KeyValuePair<string, object?> _tag;
    private readonly ConcurrentDictionary<SocketConnection, byte> _open = new();
    private readonly ITimer _check;
    private readonly CancellationTokenRegistration _onStopping;
    private int _count;
    private volatile bool _isStopping;

    /// <summary>Opens a door.</summary>
    /// <param name="name">What metrics and logs call it, such as <c>room</c>.</param>
    /// <param name="connectionsMax">Connections at a time, signed in or not.</param>
    /// <param name="limits">What each may use.</param>
    /// <param name="origins">Whose pages may come.</param>
    /// <param name="host">Tells when the server stops.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">Where refusals and defects are told.</param>
    public SocketDoor(
        string name, int connectionsMax, SocketLimits limits, OriginPolicy origins, IHostApplicationLifetime host,
        TimeProvider clock, ILogger<SocketDoor> logger)
    {
        (_name, _connectionsMax, _limits, _origins) = (name, connectionsMax, limits, origins);
        (_clock, _logger) = (clock, logger);
        _tag = new("door", name);
        _check = clock.CreateTimer(_ => CheckTimes(), null, CheckPeriod, CheckPeriod);
        _onStopping = host.ApplicationStopping.Register(Stop);
    }

    /// <summary>Connections that there are now, those that are being refused too.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Serves a request: upgrades it and runs the protocol until the connection ends.</summary>
    /// <param name="context">The request.</param>
    /// <param name="serve">
    /// The protocol: reads until <see cref="SocketConnection.ReceiveAsync"/> yields null. When it returns or throws, the
    /// connection is closed.
    /// </param>
    /// <param name="refuse">Sends a client the last words in its protocol when too many are connected.</param>
    public async Task ServeAsync(
        HttpContext context, Func<SocketConnection, Task> serve, Func<SocketConnection, Task> refuse)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await RefuseAsync(
                context, StatusCodes.Status400BadRequest, ErrorCode.InvalidParameter, "This address takes WebSockets only.");
            return;
        }

        if (_origins.JudgeOpen(context.Request) == OriginVerdict.Refused)
        {
            LogOriginRefused(_logger, _name);
            await RefuseAsync(
                context, StatusCodes.Status403Forbidden, ErrorCode.LoginRejected,
                $"The page's origin is not allowed ({OriginPolicyOptions.Setting}).");
            return;
        }

        var count = Interlocked.Increment(ref _count);
        try
        {
            if (_isStopping || count > _connectionsMax + RefusalsMax)
            {
                LogTooMany(_logger, _name, _connectionsMax);
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            using var connection = new SocketConnection(socket, _limits, _clock, context.Abort)
            {
                OnSlow = () => LogSlow(_logger, _name),
            };
            GatewayMetrics.Connections.Add(1, _tag);
            try
            {
                _open[connection] = 0;
                if (_isStopping)
                    connection.Close(SocketClosing.Of(DisconnectCode.Shutdown));
                if (count > _connectionsMax)
                    await TurnAwayAsync(connection, refuse);
                else
                    await RunAsync(connection, serve);
            }
            finally
            {
                _open.TryRemove(connection, out _);
                GatewayMetrics.Connections.Add(-1, _tag);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _check.Dispose();
        _onStopping.Dispose();
    }

    private async Task RunAsync(SocketConnection connection, Func<SocketConnection, Task> serve)
    {
        var closing = SocketClosing.Normal;
        try
        {
            await serve(connection);
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            LogServingFailed(_logger, defect, _name);
            closing = SocketClosing.Defect;
        }

        await connection.FinishAsync(closing);
    }

    private async Task TurnAwayAsync(SocketConnection connection, Func<SocketConnection, Task> refuse)
    {
        LogTooMany(_logger, _name, _connectionsMax);
        await refuse(connection);
        await connection.FinishAsync(SocketClosing.Full);
    }

    private void CheckTimes()
    {
        foreach (var connection in _open.Keys)
            connection.CheckTimes();
    }

    /// <summary>
    /// Sessions are told by their lifecycle, which comes to it now too; who has none is told here. What is behind a session's
    /// last event waits for it in any case.
    /// </summary>
    private void Stop()
    {
        _isStopping = true;
        foreach (var connection in _open.Keys)
            connection.Close(SocketClosing.Of(DisconnectCode.Shutdown));
    }

    private static Task RefuseAsync(HttpContext context, int status, ErrorCode code, string message) =>
        RefusalResponse.WriteAsync(context.Response, status, new Refusal(code, message));

    [LoggerMessage(EventId = SocketLogEvents.TooManyConnections, Level = LogLevel.Debug,
        Message = "A connection of door {Door} is refused: the server stops, or {ConnectionsMax} are open")]
    private static partial void LogTooMany(ILogger logger, string door, int connectionsMax);

    [LoggerMessage(EventId = SocketLogEvents.OriginRefused, Level = LogLevel.Information,
        Message = "A page of an origin that is not allowed was refused at door {Door}")]
    private static partial void LogOriginRefused(ILogger logger, string door);

    [LoggerMessage(EventId = SocketLogEvents.SlowConnection, Level = LogLevel.Information,
        Message = "A client at door {Door} did not read and is closed")]
    private static partial void LogSlow(ILogger logger, string door);

    [LoggerMessage(EventId = SocketLogEvents.ServingFailed, Level = LogLevel.Error,
        Message = "A connection of door {Door} ended by a defect")]
    private static partial void LogServingFailed(ILogger logger, Exception defect, string door);
}
