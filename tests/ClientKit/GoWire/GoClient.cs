using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;

namespace ImOrleans.ClientKit.GoWire;

/// <summary>
/// A client of the RTM2 Go SDK's wire, written from the documentation and without the server's code. Events wait in
/// queues, one for each kind.
/// </summary>
public sealed class GoClient : IAsyncDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly ConcurrentDictionary<long, TaskCompletionSource<GoReply>> _asked = new();
    private readonly ConcurrentDictionary<int, Channel<GoFields>> _events = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _sending = new();
    private long _lastSequenceId;

    private GoClient()
    {
    }

    /// <summary>Completes when the server has closed the connection.</summary>
    public Task Closed => _closed.Task.WaitAsync(RtmClient.Patience);

    /// <summary>True when the connection has ended.</summary>
    public bool IsClosed => _closed.Task.IsCompleted;

    /// <summary>Connects without signing in.</summary>
    /// <param name="port">A port of the loopback.</param>
    /// <param name="receives">False for a client that never reads.</param>
    public static async Task<GoClient> ConnectAsync(int port, bool receives = true)
    {
        var client = new GoClient();
        if (!receives)
            client._tcp.ReceiveBufferSize = 4096;
        await client._tcp.ConnectAsync("127.0.0.1", port).WaitAsync(RtmClient.Patience);
        if (receives)
            _ = client.ReceiveAsync();
        return client;
    }

    /// <summary>Connects and signs in.</summary>
    public static async Task<GoClient> LoginAsync(
        int port, string appId, string user, string token, int presenceTimeout = 300)
    {
        var client = await ConnectAsync(port);
        var code = await client.CodeAsync(
            GoUris.Login, new GoFields().With(1, appId).With(2, user).With(4, presenceTimeout).With(5, token));
        if (code != 0)
            throw new InvalidOperationException($"The login of {user} was refused with {code}.");
        var connected = await client.NextAsync(GoUris.ConnectionState);
        if (connected.Number(1) != 3 || connected.Number(2) != 10001)
            throw new InvalidOperationException($"{user} is in state {connected.Number(1)}.");
        return client;
    }

    /// <summary>Asks; the whole reply.</summary>
    public Task<GoReply> AskAsync(int uri, GoFields request) => AskAsync(uri, request.ToBytes());

    /// <summary>Asks with any bytes as the message.</summary>
    public Task<GoReply> AskAsync(int uri, byte[] message)
    {
        var sequenceId = Interlocked.Increment(ref _lastSequenceId);
        var asked = new TaskCompletionSource<GoReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[sequenceId] = asked;
        Send(Frame(sequenceId, uri, message));
        if (IsClosed)
            Fail(asked); // Whoever ended the others did not see this one.
        return asked.Task.WaitAsync(RtmClient.Patience);
    }

    /// <summary>Asks; the code of the reply.</summary>
    public async Task<int> CodeAsync(int uri, GoFields request) => (await AskAsync(uri, request)).Code;

    /// <summary>Asks for what must be done; what it yields.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task<GoFields> DoAsync(int uri, GoFields request)
    {
        var reply = await AskAsync(uri, request);
        return reply.Code == 0 ? reply.Fields : throw new InvalidOperationException($"Uri {uri} got {reply.Code}.");
    }

    /// <summary>The next event of a kind, waiting for it.</summary>
    public async Task<GoFields> NextAsync(int uri)
    {
        using var patience = new CancellationTokenSource(RtmClient.Patience);
        return await Events(uri).Reader.ReadAsync(patience.Token);
    }

    /// <summary>How many events of a kind have come and were not taken.</summary>
    public int CountOf(int uri) => Events(uri).Reader.Count;

    /// <summary>Sends bytes as they are.</summary>
    public void Send(byte[] bytes)
    {
        lock (_sending)
            _tcp.GetStream().Write(bytes);
    }

    /// <summary>A request's frame.</summary>
    public static byte[] Frame(long sequenceId, int uri, byte[] message)
    {
        var header = new GoFields();
        if (sequenceId != 0)
            header.With(1, sequenceId);
        if (uri != 0)
            header.With(2, uri);
        header.With(4, message);
        var content = header.ToBytes();
        byte[] behind = [0x4C, 0x09, 0xFE, 0x0F, .. Length(content.Length), .. content];
        return [.. Length(behind.Length + 2 < 0x8000 ? behind.Length + 2 : behind.Length + 3), .. behind];
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _tcp.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Length(int value) => value < 0x8000
        ? [(byte)value, (byte)(value >> 8)]
        : [(byte)value, (byte)((value >> 8) & 0x7F | 0x80), (byte)(value >> 15)];

    private async Task ReceiveAsync()
    {
        var stream = _tcp.GetStream();
        try
        {
            while (true)
            {
                var (length, bytes) = await ReadLengthAsync(stream);
                var frame = new byte[length - bytes];
                await stream.ReadExactlyAsync(frame);
                OnFrame(frame);
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or SocketException)
        {
            _closed.TrySetResult();
            foreach (var asked in _asked.Values)
                Fail(asked);
        }
    }

    private static void Fail(TaskCompletionSource<GoReply> asked) =>
        asked.TrySetException(new IOException("The connection has ended."));

    private static async Task<(int Length, int Bytes)> ReadLengthAsync(NetworkStream stream)
    {
        var start = new byte[3];
        await stream.ReadExactlyAsync(start.AsMemory(0, 2));
        var length = start[0] + (start[1] << 8);
        if (length < 0x8000)
            return (length, 2);
        await stream.ReadExactlyAsync(start.AsMemory(2, 1));
        return (length - 0x8000 + (start[2] << 15), 3);
    }

    private void OnFrame(byte[] frame)
    {
        if (frame[0] != 0x4C || frame[1] != 0x09 || frame[2] != 0xFF || frame[3] != 0x0F)
            throw new InvalidDataException("A frame with other constants.");
        var longForm = frame[5] >= 0x80;
        var header = GoFields.Read(frame[(longForm ? 7 : 6)..]);
        var (sequenceId, uri) = (header.Number(1), (int)header.Number(2));
        if (sequenceId == 0)
        {
            var told = GoFields.Read(header.Bytes(4));
            var isOfChannel = uri == GoUris.ConnectionState && told.Text(3).Length > 0;
            Events(isOfChannel ? GoUris.ChannelState : uri).Writer.TryWrite(told);
        }
        else if (_asked.TryRemove(sequenceId, out var asked))
            asked.TrySetResult(new((int)header.Number(6), header.Bytes(4)));
    }

    private Channel<GoFields> Events(int uri) => _events.GetOrAdd(uri, _ => Channel.CreateUnbounded<GoFields>());
}
