using System.Threading.Channels;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Tests.Doubles;

/// <summary>A client's connection that keeps the events of each write, and can be slow or broken.</summary>
internal class FakeConnection : ISessionConnection
{
    private readonly Lock _gate = new();
    private readonly List<IReadOnlyList<SessionEvent>> _frames = [];
    private readonly Channel<IReadOnlyList<SessionEvent>> _written =
        Channel.CreateUnbounded<IReadOnlyList<SessionEvent>>();

    private readonly TaskCompletionSource<DisconnectCode> _closed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskCompletionSource? _pending;

    /// <summary>True when each write waits for <see cref="Release"/>.</summary>
    public bool IsSlow { get; set; }

    public TimeSpan Silence { get; set; }

    /// <summary>What each write fails with.</summary>
    public Exception? WriteFailure { get; set; }

    /// <summary>What encoding fails with.</summary>
    public Exception? EncodeFailure { get; set; }

    /// <summary>Called with the events of each write before it is kept.</summary>
    public Action<IReadOnlyList<SessionEvent>>? OnWrite { get; set; }

    /// <summary>How often events were encoded.</summary>
    public int Encodings { get; private set; }

    /// <summary>The events of each write.</summary>
    public IReadOnlyList<IReadOnlyList<SessionEvent>> Frames
    {
        get
        {
            lock (_gate)
                return [.. _frames];
        }
    }

    /// <summary>All events that were written.</summary>
    public IReadOnlyList<SessionEvent> Events => [.. Frames.SelectMany(frame => frame)];

    /// <summary>Completes with the first close.</summary>
    public Task<DisconnectCode> Closed => _closed.Task;

    public Task EndedAsync() => _closed.Task;

    /// <summary>The next write, in their order.</summary>
    public Task<IReadOnlyList<SessionEvent>> NextFrameAsync() => _written.Reader.ReadAsync().AsTask().Guard();

    /// <summary>Completes the write under way.</summary>
    public void Release()
    {
        TaskCompletionSource? pending;
        lock (_gate)
            (pending, _pending) = (_pending, null);
        (pending ?? throw new InvalidOperationException("No write is under way.")).SetResult();
    }

    public object Encode(IReadOnlyList<SessionEvent> events)
    {
        if (EncodeFailure is { } failure)
            throw failure;
        Encodings++;
        return new Frame([.. events]);
    }

    public object Encode(SessionEvent sessionEvent) => Encode([sessionEvent]);

    public ValueTask WriteAsync(object frame)
    {
        var events = ((Frame)frame).Events;
        OnWrite?.Invoke(events);
        if (WriteFailure is { } failure)
            return ValueTask.FromException(failure);
        Task pending = Task.CompletedTask;
        lock (_gate)
        {
            Assert.Null(_pending); // A second write while one is under way would interleave on the wire.
            _frames.Add(events);
            if (IsSlow)
                pending = (_pending = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        _written.Writer.TryWrite(events);
        return new(pending);
    }

    public void Close(DisconnectCode code) => _closed.TrySetResult(code);

    private sealed record Frame(IReadOnlyList<SessionEvent> Events);
}
