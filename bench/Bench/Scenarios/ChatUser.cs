using System.Diagnostics;
using System.Text;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>A user who sends private messages to some others in turn, one at a time, and receives what they send.</summary>
internal sealed class ChatUser
{
    private readonly Crowd _crowd;
    private readonly CallFrame[] _sends;
    private readonly ChatInbox? _inbox;
    private readonly BackOff _backOff = new();
    private int _sent;
    private long _dueAt;

    /// <summary>Begins to connect.</summary>
    /// <param name="crowd">Where it belongs.</param>
    /// <param name="server">To which server.</param>
    /// <param name="user">Who it is.</param>
    /// <param name="partners">To whom it sends, in turn.</param>
    /// <param name="receivers">What it does with what it is sent.</param>
    public ChatUser(
        Crowd crowd, ServerProcess server, string user, IEnumerable<string> partners,
        ChatReceivers receivers = ChatReceivers.Silent)
    {
        _crowd = crowd;
        _sends = [.. partners.Select(partner => RtmFlavor.SendMessage(partner, Room.PayloadBytes))];
        Client = Room.Client(server, user, [], isCaller: true, new());
        Client.OnRecord = Take;
        if (receivers == ChatReceivers.Pushed)
            _inbox = new(crowd, Client);
    }

    /// <summary>Its connection.</summary>
    public HubClient Client { get; }

    /// <summary>Messages that were acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Messages of others that it was handed.</summary>
    public long Received => _inbox?.Received ?? 0;

    /// <summary>How often it was told to pull.</summary>
    public long Pulls => _inbox?.Pulls ?? 0;

    /// <summary>Calls that were refused and made again.</summary>
    public long Refused { get; private set; }

    /// <summary>Called with the milliseconds from when a message was due until it was acknowledged.</summary>
    public Action<double> OnAcknowledged { get; set; } = _ => { };

    /// <summary>True when it waits for no acknowledgement.</summary>
    public bool IsIdle { get; private set; } = true;

    /// <summary>True when it has no pull under way.</summary>
    public bool IsPullIdle => _inbox?.IsIdle != false;

    /// <summary>Pulls for the first time, if it receives at all.</summary>
    public void Begin() => _inbox?.Pull();

    /// <summary>Sends the next message.</summary>
    /// <param name="dueAt">When it was to be sent; the time of <see cref="Stopwatch"/>.</param>
    public void Send(long dueAt)
    {
        (IsIdle, _dueAt) = (false, dueAt);
        _sent++;
        SendLast();
    }

    private void SendLast() => Client.Send(_sends[(_sent - 1) % _sends.Length].With(_sent - 1));

    private void Take(ReadOnlySpan<byte> record)
    {
        if (record.StartsWith("""{"type":3,"""u8))
            TakeAnswer(record);
        else if (record.StartsWith("""{"type":7"""u8))
            throw new InvalidDataException("The server closed a connection: " + Encoding.UTF8.GetString(record));
        else
            _inbox?.TakeEvent(record);
    }

    private void TakeAnswer(ReadOnlySpan<byte> record)
    {
        var isRefused = RtmFlavor.IsToBeAskedAgain(record);
        if (isRefused)
            Refused++;
        if (record.IndexOf(RtmFlavor.SendId) < 0)
        {
            _inbox?.TakeAnswer(record, isRefused);
            return;
        }

        if (isRefused)
        {
            _crowd.After(_backOff.Next(), SendLast);
            return;
        }

        _backOff.Reset();
        Acknowledged++;
        IsIdle = true;
        OnAcknowledged(Stopwatch.GetElapsedTime(_dueAt).TotalMilliseconds);
    }
}
