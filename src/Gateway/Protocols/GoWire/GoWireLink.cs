using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Protocols.GoWire.Frames;
using ImOrleans.Gateway.Sessions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>One client at the door, from its connection to its end: reads requests and answers each.</summary>
/// <remarks>
/// Requests start in the order in which they come, a bounded number unfinished at a time; replies leave as they are ready.
/// A login is finished before anything behind it is read. While all places are taken nothing is read.
/// </remarks>
internal sealed partial class GoWireLink(
    ConnectionContext transport, GoWireConnection connection, GoLoginCalls login, GoCalls calls,
    SessionLifecycle lifecycle, TimeSpan loginTimeout, TimeProvider clock, ILogger logger)
    : IDisposable
{
    /// <summary>Acquisitions of locks may wait nearly as long as the SDK does, and must not hold up what comes behind.</summary>
    private const int UnfinishedAcquisitionsMax = 64;

    private readonly SemaphoreSlim _places = new(RtmEndpoints.UnfinishedCallsMax, RtmEndpoints.UnfinishedCallsMax);
    private readonly SemaphoreSlim _acquisitions = new(UnfinishedAcquisitionsMax, UnfinishedAcquisitionsMax);
    private volatile Session? _session;

    /// <summary>Serves the client until its connection ends.</summary>
    public async Task RunAsync()
    {
        connection.OnClosing = EndSession;
        using (clock.CreateTimer(_ => OnLoginOverdue(), null, loginTimeout, Timeout.InfiniteTimeSpan))
        {
            try
            {
                await ReadAsync();
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or ConnectionAbortedException)
            {
                // The client went without a word.
            }

            if (_session is { } session)
                await lifecycle.LoseAsync(session, connection);
        }

        connection.AbortAfter(GoWireConnection.ShortFarewellTime);
        // For what is still being answered.
        for (var i = 0; i < RtmEndpoints.UnfinishedCallsMax; i++)
            await _places.WaitAsync();
        for (var i = 0; i < UnfinishedAcquisitionsMax; i++)
            await _acquisitions.WaitAsync();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _places.Dispose();
        _acquisitions.Dispose();
    }

    private async Task ReadAsync()
    {
        var input = transport.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync();
            var buffer = read.Buffer;
            GoFrameStatus status;
            while ((status = GoFrameCodec.TryRead(ref buffer, GoFrameKind.Request, out var frame)) == GoFrameStatus.Whole)
                await StartAsync(frame);
            if (status == GoFrameStatus.Broken)
            {
                LogFrameRefused(logger, transport.ConnectionId);
                return;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted || read.IsCanceled)
                return;
        }
    }

    private async Task StartAsync(GoFrame frame)
    {
        if (frame.Uri == GoUri.Login && _session is null && !connection.IsClosing)
        {
            await LoginAsync(frame);
            return;
        }

        if (frame.Uri == GoUri.LockAcquire)
        {
            if (_acquisitions.Wait(0))
                _ = AnswerAsync(frame, _acquisitions);
            else
                await ReplyAsync(frame, ErrorCode.LockOperationPerforming);
            return;
        }

        await _places.WaitAsync();
        _ = AnswerAsync(frame, _places);
    }

    private async Task LoginAsync(GoFrame frame)
    {
        var outcome = await login.LoginAsync(new GoRequest(frame), connection);
        _session = outcome.Value;
        await ReplyAsync(frame, GoReply.Of(outcome));
        if (!outcome.IsAccepted)
            // The SDK takes its next login for done without sending it: it has to be told by the end.
            connection.CloseAfter(GoWireConnection.ShortFarewellTime);
        else if (connection.IsClosing)
            EndSession();
    }

    private async Task AnswerAsync(GoFrame frame, SemaphoreSlim place)
    {
        try
        {
            var request = new GoRequest(frame);
            var session = _session;
            var reply = session is { IsEnded: false, IsClosing: false } && !connection.IsClosing
                ? await calls.AnswerAsync(session, request)
                : GoCalls.AnswerStranger(request, wasSignedIn: session is not null);
            await ReplyAsync(frame, reply);
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            LogCallFailed(logger, defect, frame.Uri);
            connection.Abort();
        }
        finally
        {
            place.Release();
        }
    }

    private Task ReplyAsync(GoFrame request, GoReply reply) => connection.WriteReplyAsync(GoFrameCodec.Write(
        new(request.SequenceId, request.Uri, reply.Message, (int)reply.Code), GoFrameKind.Reply));

    private void OnLoginOverdue()
    {
        if (_session is not null)
            return;
        LogLoginOverdue(logger, transport.ConnectionId);
        connection.Abort();
    }

    private void EndSession()
    {
        if (_session is { } session)
            _ = lifecycle.EndAsync(session);
    }

    [LoggerMessage(EventId = GoWireLogEvents.FrameRefused, Level = LogLevel.Debug,
        Message = "Connection {ConnectionId} sent what is no frame and is closed")]
    private static partial void LogFrameRefused(ILogger logger, string connectionId);

    [LoggerMessage(EventId = GoWireLogEvents.LoginOverdue, Level = LogLevel.Debug,
        Message = "Connection {ConnectionId} did not sign in in time and is closed")]
    private static partial void LogLoginOverdue(ILogger logger, string connectionId);

    [LoggerMessage(EventId = GoWireLogEvents.CallFailed, Level = LogLevel.Error,
        Message = "A request {Uri} could not be answered; its connection is closed")]
    private static partial void LogCallFailed(ILogger logger, Exception defect, GoUri uri);
}
