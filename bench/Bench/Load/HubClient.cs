using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ImOrleans.Bench.Load;

/// <summary>
/// One connection: a WebSocket that speaks SignalR's JSON protocol, as much of it as a load generator needs. It
/// connects, makes the calls it was given one after the other, and is open; then it counts.
/// </summary>
internal sealed class HubClient : IDisposable
{
    /// <summary>Ends each record of the protocol.</summary>
    public const byte RecordSeparator = 0x1e;

    private static readonly byte[] Handshake = CallFrame.Encode("""{"protocol":"json","version":1}""");

    private readonly Socket _socket;
    private readonly byte[][] _setup;
    private readonly bool _isCaller;
    private readonly Tally _tally;
    private readonly MemoryStream _partial = new();
    private FrameReader _frames;
    private DeliveryCounter _deliveries = new();
    private int _setupDone;
    private Stage _stage = Stage.Upgrading;

    /// <summary>Begins to connect.</summary>
    /// <param name="address">Where the server listens.</param>
    /// <param name="pathAndQuery">The hub's path with its query.</param>
    /// <param name="setup">Calls to make before it counts as open, as JSON.</param>
    /// <param name="isCaller">Whether it goes on making calls; otherwise only its messages are counted.</param>
    /// <param name="tally">Where its messages and answers are counted, beside those of others.</param>
    /// <param name="receiveBufferBytes">The kernel's buffer for what was not read; 0 leaves the default.</param>
    public HubClient(
        IPEndPoint address, string pathAndQuery, IReadOnlyList<string> setup, bool isCaller, Tally tally,
        int receiveBufferBytes = 0)
    {
        _tally = tally;
        _setup = [.. setup.Select(CallFrame.Encode)];
        _isCaller = isCaller;
        _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // Thousands are closed at once: none lingers in the kernel's tables.
        _socket.LingerState = new(true, 0);
        if (receiveBufferBytes > 0)
            _socket.ReceiveBufferSize = receiveBufferBytes;
        _socket.Connect(address);
        Send(Encoding.ASCII.GetBytes(
            $"GET {pathAndQuery} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
    }

    private enum Stage
    {
        Upgrading,
        ShakingHands,
        SettingUp,
        Open,
    }

    /// <summary>The kernel's number of the socket.</summary>
    public int Descriptor => (int)_socket.SafeHandle.DangerousGetHandle();

    /// <summary>True once all calls of the set-up were answered.</summary>
    public bool IsOpen => _stage == Stage.Open;

    /// <summary>Bytes received since it was connected.</summary>
    public long Bytes { get; private set; }

    /// <summary>Messages received.</summary>
    public long Received => _deliveries.Count;

    /// <summary>Messages that did not follow the one before.</summary>
    public int Breaks => _deliveries.Breaks;

    /// <summary>The number of the newest message; -1 before the first.</summary>
    public int LastReceived => _deliveries.Last;

    /// <summary>Called at each answer since it is open.</summary>
    public Action? OnAnswer { get; set; }

    /// <summary>Takes each record in place of the client itself, since it is open.</summary>
    public RecordHandler? OnRecord { get; set; }

    /// <summary>Sends bytes, waiting when the server does not take them.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>Takes what has come in.</summary>
    /// <exception cref="InvalidDataException">The server refused something, or closed the connection.</exception>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            throw new InvalidDataException("The server closed a connection.");
        Bytes += bytes.Length;
        if (_stage == Stage.Upgrading && !TryUpgrade(ref bytes))
            return;
        while (_frames.TryRead(ref bytes, out var content))
        {
            if (_stage == Stage.Open && !_isCaller)
                Count(content);
            else
                TakeRecords(content);
        }

        if (_frames.IsClosed)
            throw new InvalidDataException("The server closed a WebSocket.");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _socket.Dispose();
        _partial.Dispose();
    }

    private bool TryUpgrade(ref ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var piece = end < 0 ? bytes : bytes[..(end + 1)];
            _partial.Write(piece);
            bytes = bytes[piece.Length..];
            var head = Encoding.ASCII.GetString(_partial.GetBuffer(), 0, (int)_partial.Length);
            if (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
                continue;
            if (!head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
                throw new InvalidDataException("The server refused a connection: " + head);
            _partial.SetLength(0);
            _stage = Stage.ShakingHands;
            Send(Handshake);
            return true;
        }

        return false;
    }

    private void TakeRecords(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var end = content.IndexOf(RecordSeparator);
            if (end < 0)
            {
                _partial.Write(content);
                return;
            }

            TakeRecord(content[..end]);
            content = content[(end + 1)..];
            if (_stage != Stage.Open || _isCaller)
                continue;
            Count(content);
            return;
        }
    }

    private void TakeRecord(ReadOnlySpan<byte> end)
    {
        if (_partial.Length == 0)
        {
            Handle(end);
            return;
        }

        _partial.Write(end);
        Handle(_partial.GetBuffer().AsSpan(0, (int)_partial.Length));
        _partial.SetLength(0);
    }

    private void Handle(ReadOnlySpan<byte> record)
    {
        if (_stage == Stage.ShakingHands)
        {
            if (!record.SequenceEqual("{}"u8))
                throw Refused(record);
            _stage = Stage.SettingUp;
            NextOfSetup();
        }
        else if (_stage == Stage.Open && OnRecord is { } take)
        {
            take(record);
        }
        else if (!record.StartsWith("""{"type":3,"""u8))
        {
            if (record.StartsWith("""{"type":7"""u8))
                throw Refused(record);
            Count(record);
        }
        else if (record.IndexOf("\"error\":"u8) >= 0)
        {
            throw Refused(record);
        }
        else if (_stage == Stage.Open)
        {
            _tally.Answers++;
            OnAnswer?.Invoke();
        }
        else
        {
            NextOfSetup();
        }
    }

    /// <summary>Counts the messages in a record that <see cref="OnRecord"/> was given.</summary>
    public void Count(ReadOnlySpan<byte> content) => _tally.Deliveries += _deliveries.Read(content);

    private void NextOfSetup()
    {
        if (_setupDone < _setup.Length)
        {
            Send(_setup[_setupDone++]);
            return;
        }

        _stage = Stage.Open;
    }

    private static InvalidDataException Refused(ReadOnlySpan<byte> record) =>
        new("The server refused: " + Encoding.UTF8.GetString(record));
}
