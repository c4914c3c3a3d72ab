using System.Buffers.Text;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>
/// Receives private messages as clients do: pulls once, takes what is pushed from then on, and acknowledges it now and then;
/// pulls again when it is told to.
/// </summary>
internal sealed class ChatInbox(Crowd crowd, HubClient client)
{
    /// <summary>Messages of a conversation from one acknowledgement to the next.</summary>
    private const int MessagesOfAck = 50;

    private readonly Dictionary<long, int> _unacknowledged = [];
    private readonly BackOff _backOff = new();
    private bool _isToPullAgain;

    /// <summary>Messages of others that it was handed; those that came twice count twice.</summary>
    public long Received { get; private set; }

    /// <summary>Pulls after the first.</summary>
    public long Pulls { get; private set; }

    /// <summary>True when no pull is under way.</summary>
    public bool IsIdle { get; private set; } = true;

    /// <summary>Pulls what there is.</summary>
    public void Pull()
    {
        IsIdle = false;
        _unacknowledged.Clear();
        client.Send(RtmFlavor.Pull);
    }

    /// <summary>Takes what the server tells unasked.</summary>
    public void TakeEvent(ReadOnlySpan<byte> record)
    {
        if (record.IndexOf("\"target\":\"OnChatNotify\""u8) >= 0)
            PullAgain();
        else if (RtmFlavor.IsPushedMessages(record))
            TakePushed(record);
    }

    /// <summary>Takes the answer to a pull or an acknowledgement.</summary>
    public void TakeAnswer(ReadOnlySpan<byte> record, bool isRefused)
    {
        if (record.IndexOf(RtmFlavor.PushedAckId) >= 0)
            return;
        if (isRefused)
        {
            crowd.After(_backOff.Next(), Pull);
            return;
        }

        _backOff.Reset();
        if (record.IndexOf(RtmFlavor.PullId) >= 0 && TakePage(record))
            return;
        IsIdle = true;
        if (_isToPullAgain)
            PullAgain();
    }

    private void PullAgain()
    {
        _isToPullAgain = !IsIdle;
        if (_isToPullAgain)
            return;
        Pulls++;
        Pull();
    }

    /// <summary>True when there is something to acknowledge.</summary>
    private bool TakePage(ReadOnlySpan<byte> record)
    {
        Received += CountReceived(record);
        if (RtmFlavor.AckTokenOf(record) is not { } token)
            return false;
        _isToPullAgain |= record.IndexOf("\"finished\":false"u8) >= 0;
        client.Send(RtmFlavor.Acknowledge(token));
        return true;
    }

    private void TakePushed(ReadOnlySpan<byte> record)
    {
        var count = CountReceived(record);
        Received += count;
        var conversation = NumberBehind(record, "\"senderUserId\":\"chatter"u8);
        var waiting = _unacknowledged.GetValueOrDefault(conversation) + count;
        if (waiting >= MessagesOfAck)
        {
            waiting = 0;
            client.Send(RtmFlavor.AcknowledgePushed(RtmFlavor.PushTokenOf(record)));
        }

        _unacknowledged[conversation] = waiting;
    }

    private static int CountReceived(ReadOnlySpan<byte> record) => record.Count("\"messageDirection\":2"u8);

    private static long NumberBehind(ReadOnlySpan<byte> record, ReadOnlySpan<byte> name) =>
        Utf8Parser.TryParse(record[(record.IndexOf(name) + name.Length)..], out long number, out _)
            ? number
            : throw new InvalidDataException("Messages were pushed of a sender who is not known.");
}
