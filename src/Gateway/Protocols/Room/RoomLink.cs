using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Diagnostics;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Protocols.Room.Wire;
using ImOrleans.Gateway.Protocols.WebSockets;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>One client at the chat room door, from its connection to its end.</summary>
/// <remarks>
/// What a client sends starts in the order in which it comes, a bounded number unfinished at a time; while all places are
/// taken nothing is read. A sign-in is finished before anything behind it is read. What cannot be read, text messages among
/// them, is ignored, and so is a message that is refused: the protocol has no answer to either, so they are counted.
/// </remarks>
internal sealed partial class RoomLink(
    SocketConnection socket, RoomSignIn signIn, MessageChannelCalls channels, TimeSpan signInTimeout, TimeProvider clock,
    ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _places = new(RtmEndpoints.UnfinishedCallsMax, RtmEndpoints.UnfinishedCallsMax);
    private volatile RoomSeat? _seat;

    /// <summary>Serves the client until its connection ends.</summary>
    public async Task RunAsync()
    {
        socket.OnClosing = Leave;
        await using var timer = clock.CreateTimer(_ => OnSignInOverdue(), null, signInTimeout, Timeout.InfiniteTimeSpan);
        while (await socket.ReceiveAsync() is { } message)
            if (message.IsText || !RoomWire.TryReadRequest(message.Bytes.Span, out var request))
                Refuse("malformed");
            else
                await TakeAsync(request);
        Leave();
        // What is under way ends before its semaphore does.
        for (var place = 0; place < RtmEndpoints.UnfinishedCallsMax; place++)
            await _places.WaitAsync();
    }

    /// <inheritdoc />
    public void Dispose() => _places.Dispose();

    private async Task TakeAsync(Req request)
    {
        if (request.Type == PackageType.SignIn)
            await SignInAsync(request);
        else if (_seat is not { Session.IsEnded: false } seat)
            await socket.SendAsync(RoomWire.Failure(RoomTexts.SignInFirst));
        else if (request.Type == PackageType.Heartbeat)
            await socket.SendAsync(RoomWire.Pong);
        else if (request.Type == PackageType.Message)
            await RunInPlaceAsync(() => PublishAsync(seat, request));
        else if (request.Type == PackageType.Members)
            await RunInPlaceAsync(() => CountAsync(seat));
    }

    private async Task SignInAsync(Req request)
    {
        if (!RoomWire.TryReadSignIn(request.Data, out var asked))
        {
            Refuse("malformed");
            return;
        }

        var outcome = await signIn.SignInAsync(socket, _seat, asked);
        if (outcome.Refusal is { } refusal)
        {
            LogSignInRefused(logger, (int)refusal.Code);
            await socket.SendAsync(RoomWire.Failure(
                refusal.Code == ErrorCode.InvalidChannelName ? RoomTexts.InvalidRoom : RoomTexts.Of(refusal)));
            return;
        }

        _seat = outcome.Value;
        // It may have been closed while the grains were asked.
        if (socket.IsClosing)
            Leave();
        else
            await socket.SendAsync(RoomWire.Success);
    }

    private async Task RunInPlaceAsync(Func<Task> call)
    {
        await _places.WaitAsync();
        _ = EndInPlaceAsync(call);
    }

    private async Task EndInPlaceAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            LogCallFailed(logger, defect);
            socket.Close(SocketClosing.Defect);
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task PublishAsync(RoomSeat seat, Req request)
    {
        if (!RoomWire.TryReadMessage(request.Data, out var message))
            Refuse("malformed");
        else if (seat.Session.Limits.TakeMessage() is { } tooMany)
            Refuse("rate", tooMany);
        else if (!ChannelName.TryParse(message.RoomID, out var room))
            Refuse("room");
        else if (message.Data.Length > RtmLimits.MessagePayloadBytesMax)
            Refuse("length");
        else if (await channels.PublishAsync(
            seat.Session, room, RoomWire.ToPayload(message.Data.Memory), idempotencyKey: null,
            level: message.MsgLv == MsgLevel.Important ? MessageLevel.Important : MessageLevel.Normal)
            is { Refusal: { } refusal })
            Refuse("channel", refusal);
    }

    private async Task CountAsync(RoomSeat seat)
    {
        var count = seat.Session.Limits.TakeCall() is { } tooMany
            ? tooMany
            : await channels.CountSubscribersAsync(seat.Session, seat.Room);
        await socket.SendAsync(
            count.IsAccepted ? RoomWire.Members(count.Value) : RoomWire.Failure(RoomTexts.Of(count.Refusal)));
    }

    private void OnSignInOverdue()
    {
        if (_seat is not null)
            return;
        LogSignInOverdue(logger);
        socket.Close(SocketClosing.SignInOverdue);
    }

    private void Leave()
    {
        if (_seat is { } seat)
            _ = signIn.LeaveAsync(seat, isOrderly: socket.Closing == SocketClosing.Normal);
    }

    private void Refuse(string reason, Refusal? refusal = null)
    {
        GatewayMetrics.MessagesRefused.Add(1, new("door", RoomDoor.Name), new("reason", reason));
        LogMessageRefused(logger, reason, (int?)refusal?.Code);
    }

    [LoggerMessage(EventId = RoomLogEvents.SignInOverdue, Level = LogLevel.Debug,
        Message = "A connection to the chat rooms did not sign in in time and is closed")]
    private static partial void LogSignInOverdue(ILogger logger);

    [LoggerMessage(EventId = RoomLogEvents.SignInRefused, Level = LogLevel.Debug,
        Message = "A sign-in to a chat room was refused: {ErrorCode}")]
    private static partial void LogSignInRefused(ILogger logger, int errorCode);

    [LoggerMessage(EventId = RoomLogEvents.MessageRefused, Level = LogLevel.Debug,
        Message = "What a client sent to the chat rooms had no effect ({Reason}): {ErrorCode}")]
    private static partial void LogMessageRefused(ILogger logger, string reason, int? errorCode);

    [LoggerMessage(EventId = RoomLogEvents.CallFailed, Level = LogLevel.Error,
        Message = "What a client of the chat rooms asked for failed by a defect; its connection is closed")]
    private static partial void LogCallFailed(ILogger logger, Exception defect);
}
