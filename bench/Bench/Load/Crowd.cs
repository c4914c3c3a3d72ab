using System.Diagnostics;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Load;

/// <summary>All connections of the generator, read by the thread that asks.</summary>
internal sealed class Crowd : IDisposable
{
    private const int ConnectingMax = 64;

    /// <summary>How exact <see cref="After"/> is while nothing comes in.</summary>
    private const int LaterMs = 20;

    private readonly Epoll _epoll = new();
    private readonly List<HubClient?> _clients = [];
    private readonly List<int> _ready = [];
    private readonly PriorityQueue<Action, long> _later = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Connects clients, some of them at a time, and waits until all are open.</summary>
    public List<HubClient> Connect(int count, Func<int, HubClient> make)
    {
        var clients = new List<HubClient>(count);
        var opened = 0;
        var patience = new Patience(Patience.Limit);
        while (opened < count)
        {
            while (clients.Count < count && clients.Count - opened < ConnectingMax)
            {
                var client = make(clients.Count);
                clients.Add(client);
                _clients.Add(client);
                _epoll.Watch(client.Descriptor, _clients.Count - 1);
            }

            Poll();
            patience.Check(opened, () => $"{opened} of {count} connections are open");
            while (opened < clients.Count && clients[opened].IsOpen)
                opened++;
        }

        return clients;
    }

    /// <summary>Reads whatever has come, waiting for a second at most when there is nothing.</summary>
    public void Poll() => Poll(1000);

    /// <summary>Reads whatever has come, waiting for so many milliseconds at most when there is nothing.</summary>
    public void Poll(int timeoutMs)
    {
        _epoll.Wait(_ready, _later.Count == 0 ? timeoutMs : Math.Min(timeoutMs, LaterMs));
        foreach (var index in _ready)
            Read(index);
        while (_later.TryPeek(out var act, out var dueAt) && dueAt <= Stopwatch.GetTimestamp())
        {
            _later.Dequeue();
            act();
        }
    }

    /// <summary>Does something once a time has passed, give or take some milliseconds, if it is polled still.</summary>
    public void After(TimeSpan time, Action act) =>
        _later.Enqueue(act, Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency));

    /// <summary>Reads until a time has passed, whether anything comes or not.</summary>
    public void Rest(TimeSpan time)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time;)
            Poll(20);
    }

    /// <summary>Rests until a server has nothing more to do: less than a tenth of a processor for a while.</summary>
    public void Settle(ServerProcess server)
    {
        var slice = TimeSpan.FromMilliseconds(200);
        for (var i = 0; i < 50; i++)
        {
            var before = server.CpuTime;
            Rest(slice);
            if (server.CpuTime - before < slice / 10)
                return;
        }
    }

    /// <summary>Does not read a client any more.</summary>
    public void Stall(HubClient client) => _epoll.Forget(client.Descriptor);

    /// <summary>Reads a client again.</summary>
    public void Resume(HubClient client) => _epoll.Watch(client.Descriptor, _clients.IndexOf(client));

    /// <summary>Closes clients.</summary>
    public void Close(IEnumerable<HubClient> clients)
    {
        foreach (var client in clients)
        {
            _clients[_clients.IndexOf(client)] = null;
            client.Dispose();
        }

        if (_clients.TrueForAll(client => client is null))
            _clients.Clear();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var client in _clients)
            client?.Dispose();
        _epoll.Dispose();
    }

    private void Read(int index)
    {
        if (_clients[index] is not { } client)
            return;
        var count = Epoll.Receive(client.Descriptor, _buffer);
        if (count >= 0)
            client.Take(_buffer.AsSpan(0, count));
    }
}
