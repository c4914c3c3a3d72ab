using System.IO.Pipelines;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Sessions;
using Microsoft.AspNetCore.Connections;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>A TCP connection as a session writes to it.</summary>
/// <remarks>
/// Events and replies take turns at the one output; none is ever spread by another. A connection that is to be closed
/// stays open for a while, since an event that comes together with the end is lost in the SDK.
/// </remarks>
internal sealed class GoWireConnection(ConnectionContext transport, TimeSpan stallMax, TimeProvider clock)
    : ISessionConnection, IDisposable
{
    /// <summary>How long a client that was told to go may stay, to say farewell call by call.</summary>
    public static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(5);

    /// <summary>The same when nothing is left to be said, or the server waits for it.</summary>
    public static readonly TimeSpan ShortFarewellTime = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _farewell;
    private ITimer? _guard;
    private int _isClosing;

    /// <summary>True when the connection will be closed: nothing that is asked has an effect any more.</summary>
    public bool IsClosing => Volatile.Read(ref _isClosing) != 0;

    /// <summary>Called once when the server begins to close the connection.</summary>
    public Action? OnClosing { get; set; }

    /// <inheritdoc />
    public object Encode(IReadOnlyList<SessionEvent> events) =>
        events.Count == 1 ? Encode(events[0]) : GoEvent.Join(events.Select(GoEventEncoder.Encode));

    /// <inheritdoc />
    public object Encode(SessionEvent sessionEvent) => GoEventEncoder.Encode(sessionEvent);

    /// <inheritdoc />
    public ValueTask WriteAsync(object frame) => WriteAsync(((GoEvent)frame).Frames);

    /// <summary>Writes a reply; a client that does not take it in time is cut off.</summary>
    public async Task WriteReplyAsync(ReadOnlyMemory<byte> frame)
    {
        var writing = WriteAsync(frame);
        if (writing.IsCompletedSuccessfully)
            return;
        try
        {
            await writing.AsTask().WaitAsync(stallMax, clock);
        }
        catch (TimeoutException)
        {
            Abort();
        }
        catch (Exception gone) when (gone is InvalidOperationException or IOException or OperationCanceledException)
        {
            // The connection has ended meanwhile.
        }
    }

    /// <inheritdoc />
    public void Close(DisconnectCode code)
    {
        switch (code)
        {
            case DisconnectCode.SlowConsumer or DisconnectCode.LoggedOut or DisconnectCode.Unavailable:
                Abort();
                break;
            case DisconnectCode.Shutdown or DisconnectCode.BadRequest:
                CloseAfter(ShortFarewellTime);
                break;
            default:
                CloseAfter(FarewellTime);
                break;
        }
    }

    /// <summary>Closes the connection after a while, during which its client is still answered.</summary>
    public void CloseAfter(TimeSpan time)
    {
        if (Interlocked.Exchange(ref _isClosing, 1) != 0)
            return;
        // Whoever reads requests ends then, and the connection in order.
        _farewell = clock.CreateTimer(
            _ => transport.Transport.Input.CancelPendingRead(), null, time, Timeout.InfiniteTimeSpan);
        OnClosing?.Invoke();
    }

    /// <summary>Cuts the connection off if it has not ended after a while: its client does not take what is left.</summary>
    public void AbortAfter(TimeSpan time)
    {
        Interlocked.Exchange(ref _isClosing, 1);
        _guard ??= clock.CreateTimer(_ => Abort(), null, time, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc />
    public Task EndedAsync() => _ended.Task;

    /// <summary>Cuts the connection off.</summary>
    public void Abort()
    {
        Interlocked.Exchange(ref _isClosing, 1);
        transport.Abort();
    }

    /// <summary>The connection has ended, and everything with it.</summary>
    public void Dispose()
    {
        _farewell?.Dispose();
        _guard?.Dispose();
        _ended.TrySetResult();
    }

    private ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
            return ValueTask.CompletedTask;
        if (!_turn.Wait(0))
            return WriteInTurnAsync(bytes);
        ValueTask<FlushResult> flushing;
        try
        {
            flushing = transport.Transport.Output.WriteAsync(bytes);
        }
        catch
        {
            _turn.Release();
            throw;
        }

        if (!flushing.IsCompletedSuccessfully)
            return EndTurnAsync(flushing);
        _ = flushing.Result;
        _turn.Release();
        return ValueTask.CompletedTask;
    }

    private async ValueTask WriteInTurnAsync(ReadOnlyMemory<byte> bytes)
    {
        await _turn.WaitAsync();
        try
        {
            await transport.Transport.Output.WriteAsync(bytes);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask EndTurnAsync(ValueTask<FlushResult> flushing)
    {
        try
        {
            await flushing;
        }
        finally
        {
            _turn.Release();
        }
    }
}
