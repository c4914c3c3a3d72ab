using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Protocols.WebSockets;
using ImOrleans.Gateway.Sessions;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>One client at the door, from its connection to its end: answers each frame before it reads the next.</summary>
internal sealed class ImLink(
    SocketConnection socket, ImLoginCalls logins, ImApp app, ChatCalls chats, SessionLifecycle lifecycle,
    ImOptions options, TimeProvider clock, ILogger logger)
{
    private long _beatAt = clock.GetTimestamp();
    private Session? _session;
    private ImInbox? _inbox;
    private ITimer? _idle;

    /// <summary>Called with 1 when the client has signed in, and with -1 when it goes then.</summary>
    public Action<int>? OnUser { get; set; }

    /// <summary>Serves the client until its connection ends.</summary>
    public async Task RunAsync()
    {
        using var idle = clock.CreateTimer(OnIdle, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _idle = idle;
        idle.Change(options.IdleMax, Timeout.InfiniteTimeSpan);
        try
        {
            while (await socket.ReceiveAsync() is { } message)
            {
                _inbox?.OnHeard();
                await AnswerAsync(message.Bytes);
            }

            if (_inbox is { } inbox && socket.Closing == SocketClosing.Normal)
                await inbox.EndAsync();
        }
        finally
        {
            if (_session is { } session)
            {
                OnUser?.Invoke(-1);
                // Who has gone here has left: there is no coming back to the session.
                await lifecycle.EndAsync(session, isLogout: true);
            }
        }
    }

    private async Task AnswerAsync(ReadOnlyMemory<byte> frame)
    {
        if (!ImRequest.TryRead(frame, out var request))
        {
            await socket.SendAsync(ImFrames.NoRequest, isText: true);
            return;
        }

        switch (request.Cmd)
        {
            case "login":
                await LoginAsync(request);
                break;
            case "heartbeat":
                await ReplyAsync(request, Beat(request));
                break;
            case "ping":
                await socket.SendAsync(ImFrames.Reply(request, ImCode.Success, "pong"), isText: true);
                break;
            default:
                await ReplyAsync(request, ImCode.RoutingNotExist);
                break;
        }
    }

    private ValueTask ReplyAsync(ImRequest request, ImCode code) =>
        socket.SendAsync(ImFrames.Reply(request, code), isText: true);

    private ImCode Beat(ImRequest request)
    {
        if (!request.IsHeartbeat())
            return ImCode.ParameterIllegal;
        if (_session is null)
            return ImCode.NotLoggedIn;
        Beat();
        return ImCode.Success;
    }

    private async Task LoginAsync(ImRequest request)
    {
        if (!request.TryReadLogin(out var login))
        {
            await ReplyAsync(request, ImCode.ParameterIllegal);
            return;
        }

        var check = logins.Check(login);
        if (check == ImCode.Success && _session is not null)
            check = ImCode.OperationFailure;
        if (check != ImCode.Success)
        {
            await ReplyAsync(request, check);
            return;
        }

        var (code, session, connection) = await logins.LoginAsync(login, socket);
        if (session is null || connection is null)
        {
            await ReplyAsync(request, code);
            return;
        }

        Beat();
        _session = session;
        OnUser?.Invoke(1);
        // Whoever is told that it is signed in is online to whoever asks.
        await app.EnterAsync(session, login.AppId);
        await ReplyAsync(request, options.LoginCodeZero ? ImCode.None : ImCode.Success);

        // No message comes before the answer, whatever there has been to pull meanwhile.
        _inbox = new ImInbox(session, connection, chats, clock, logger);
        connection.OnWritten = _inbox.OnWritten;
        _inbox.Start();
    }

    private void Beat() => Interlocked.Exchange(ref _beatAt, clock.GetTimestamp());

    private void OnIdle(object? state)
    {
        var left = options.IdleMax - clock.GetElapsedTime(Interlocked.Read(ref _beatAt));
        if (left <= TimeSpan.Zero)
            socket.Close(SocketClosing.Of(DisconnectCode.Silent));
        else
            _idle?.Change(left, Timeout.InfiniteTimeSpan);
    }
}
