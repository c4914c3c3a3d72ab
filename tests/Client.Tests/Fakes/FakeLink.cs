using System.Text.Json;
using System.Threading.Channels;
using ImOrleans.Client.Connections;
using ImOrleans.Client.Wire;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests.Fakes;

/// <summary>A link whose server is the test.</summary>
internal sealed class FakeLink(
    string token, SessionTicket ticket, ILinkEvents events, Func<string, Task<WireReply>> server) : ILink
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();

    public string Token => token;

    public SessionTicket Ticket => ticket;

    public ILinkEvents Events => events;

    public Task Closed => _closed.Task;

    /// <summary>Completes when the client has put the link away.</summary>
    public Task Disposed => _disposed.Task.Guard("the link's disposal");

    /// <summary>Until when answers are on their way through the client's own machinery.</summary>
    public Task Arrival { get; set; } = Task.CompletedTask;

    public bool IsAborted { get; private set; }

    public async Task<WireReply> CallAsync(string method, object? request)
    {
        var call = request is null ? method : $"{method} {JsonSerializer.Serialize(request)}";
        if (_closed.Task.IsCompleted)
            throw new LinkLostException("gone");
        _calls.Writer.TryWrite(call);
        var answer = server(call);
        await Task.WhenAny(answer, _closed.Task);
        await Arrival;
        return answer.IsCompleted ? await answer : throw new LinkLostException("gone");
    }

    public void Send(string method, object request) =>
        _calls.Writer.TryWrite($"{method} {JsonSerializer.Serialize(request)}");

    /// <summary>The next call that was sent.</summary>
    public Task<string> NextCallAsync() => _calls.Reader.ReadAsync().AsTask().Guard("a call");

    /// <summary>What was sent and not taken yet.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            var calls = new List<string>();
            while (_calls.Reader.TryRead(out var call))
                calls.Add(call);
            return calls;
        }
    }

    /// <summary>The network breaks, or the server closes and says why.</summary>
    public void Lose(int? closeCode = null, double? reconnectAfterMs = null, int reason = 2)
    {
        if (closeCode is not null)
        {
            events.OnConnectionEvents(
                [new(closeCode < 3500 ? 1 : 5, reason, "Closing.", closeCode, reconnectAfterMs)]);
        }

        _closed.TrySetResult();
    }

    public void Abort()
    {
        IsAborted = true;
        _closed.TrySetResult();
    }

    public ValueTask DisposeAsync()
    {
        _closed.TrySetResult();
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
