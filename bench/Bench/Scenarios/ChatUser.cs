using System.Diagnostics;
using System.Text;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>
/// A user who sends private messages to some others in turn, one at a time; and, if wanted, pulls and acknowledges what the
/// server says is there.
/// </summary>
internal sealed class ChatUser
{
    private readonly CallFrame[] _sends;
    private readonly bool _isPulling;
    private int _sent;
    private long _dueAt;
    private bool _isNotified;
    private bool _isPullUnderWay;

    /// <summary>Begins to connect.</summary>
    /// <param name="server">To which server.</param>
    /// <param name="user">Who it is.</param>
    /// <param name="partners">To whom it sends, in turn.</param>
    /// <param name="isPulling">Whether it pulls what it is told of.</param>
    public ChatUser(ServerProcess server, string user, IEnumerable<string> partners, bool isPulling)
    {
        _sends = [.. partners.Select(partner => RtmFlavor.SendMessage(partner, Room.PayloadBytes))];
        _isPulling = isPulling;
        Client = Room.Client(server, user, [], isCaller: true, new());
        Client.OnRecord = Take;
    }

    /// <summary>Its connection.</summary>
    public HubClient Client { get; }

    /// <summary>Messages that were acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Messages that it has pulled.</summary>
    public long Pulled { get; private set; }

    /// <summary>Calls that were refused and made again.</summary>
    public long Refused { get; private set; }

    /// <summary>Called with the milliseconds from when a message was due until it was acknowledged.</summary>
    public Action<double> OnAcknowledged { get; set; } = _ => { };

    /// <summary>True when it waits for no acknowledgement.</summary>
    public bool IsIdle { get; private set; } = true;

    /// <summary>True when it has no pull under way and none to make.</summary>
    public bool IsPullIdle => !_isPullUnderWay && !(_isPulling && _isNotified);

    /// <summary>Sends the next message.</summary>
    /// <param name="dueAt">When it was to be sent; the time of <see cref="Stopwatch"/>.</param>
    public void Send(long dueAt)
    {
        (IsIdle, _dueAt) = (false, dueAt);
        var number = _sent++;
        Client.Send(_sends[number % _sends.Length].With(number));
    }

    private void Take(ReadOnlySpan<byte> record)
    {
        if (record.IndexOf("\"target\":\"OnChatNotify\""u8) >= 0)
        {
            _isNotified = true;
            PullIfDue();
        }
        else if (record.StartsWith("""{"type":3,"""u8))
        {
            TakeAnswer(record);
        }
        else if (record.StartsWith("""{"type":7"""u8))
        {
            throw new InvalidDataException("The server closed a connection: " + Encoding.UTF8.GetString(record));
        }
    }

    private void TakeAnswer(ReadOnlySpan<byte> record)
    {
        var isRefused = RtmFlavor.IsToBeAskedAgain(record);
        if (isRefused)
            Refused++;
        if (record.IndexOf(RtmFlavor.SendId) >= 0)
            TakeSendAnswer(isRefused);
        else if (record.IndexOf(RtmFlavor.PullId) >= 0)
            TakePullAnswer(record, isRefused);
        else
            EndPull(isRefused);
    }

    private void TakeSendAnswer(bool isRefused)
    {
        if (isRefused)
        {
            Client.Send(_sends[(_sent - 1) % _sends.Length].With(_sent - 1));
            return;
        }

        Acknowledged++;
        IsIdle = true;
        OnAcknowledged(Stopwatch.GetElapsedTime(_dueAt).TotalMilliseconds);
    }

    private void TakePullAnswer(ReadOnlySpan<byte> record, bool isRefused)
    {
        Pulled += record.Count(DeliveryCounter.Mark);
        if (RtmFlavor.AckTokenOf(record) is { } token)
        {
            _isNotified |= record.IndexOf("\"finished\":false"u8) >= 0;
            Client.Send(RtmFlavor.Acknowledge(token));
        }
        else
        {
            EndPull(isRefused);
        }
    }

    private void EndPull(bool isToBeMadeAgain)
    {
        _isPullUnderWay = false;
        _isNotified |= isToBeMadeAgain;
        PullIfDue();
    }

    private void PullIfDue()
    {
        if (_isPullUnderWay || !_isNotified || !_isPulling)
            return;
        (_isPullUnderWay, _isNotified) = (true, false);
        Client.Send(RtmFlavor.Pull);
    }
}
