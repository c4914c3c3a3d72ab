using System.Text.Json;
using ImOrleans.Bench.Load;
using ImOrleans.Bench.Servers;

namespace ImOrleans.Bench.Scenarios;

/// <summary>A device of a user that pulls and acknowledges all that waits for it.</summary>
internal sealed class InboxPull
{
    private readonly bool _isChecking;
    private readonly Dictionary<string, long> _seqs = [];
    private bool _isFinished;

    /// <summary>Begins to connect; pulls as soon as it is told to begin.</summary>
    /// <param name="server">Where.</param>
    /// <param name="user">Whose device.</param>
    /// <param name="device">Which; one that is not known gets all.</param>
    /// <param name="isChecking">Whether each message is looked at: it costs the generator more.</param>
    public InboxPull(ServerProcess server, string user, string device, bool isChecking)
    {
        _isChecking = isChecking;
        Client = new(
            server.Address, $"{server.Flavor.PathFor(user)}&device={device}", [], isCaller: true, new()) { OnRecord = Take };
    }

    /// <summary>Its connection.</summary>
    public HubClient Client { get; }

    /// <summary>Messages so far.</summary>
    public long Messages { get; private set; }

    /// <summary>True when nothing waits any more.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Begins to pull.</summary>
    public void Begin() => Client.Send(RtmFlavor.Pull);

    private void Take(ReadOnlySpan<byte> record)
    {
        if (!record.StartsWith("""{"type":3,"""u8))
            return;
        if (RtmFlavor.IsToBeAskedAgain(record))
            Begin();
        else if (record.IndexOf(RtmFlavor.PullId) >= 0)
            TakePage(record);
        else
            GoOn();
    }

    private void TakePage(ReadOnlySpan<byte> record)
    {
        Messages += record.Count(DeliveryCounter.Mark);
        _isFinished = record.IndexOf("\"finished\":true"u8) >= 0;
        if (_isChecking)
            Check(record);
        if (RtmFlavor.AckTokenOf(record) is { } token)
            Client.Send(RtmFlavor.Acknowledge(token));
        else
            GoOn();
    }

    private void GoOn()
    {
        if (_isFinished)
            IsFinished = true;
        else
            Begin();
    }

    private void Check(ReadOnlySpan<byte> record)
    {
        var reader = new Utf8JsonReader(record);
        using var answer = JsonDocument.ParseValue(ref reader);
        foreach (var message in answer.RootElement.GetProperty("result").GetProperty("data").GetProperty("messages").EnumerateArray())
        {
            var conversation = message.GetProperty("targetId").GetString()!;
            var seq = message.GetProperty("seq").GetInt64();
            if (seq != _seqs.GetValueOrDefault(conversation) + 1)
                throw new InvalidDataException(
                    $"After message {_seqs.GetValueOrDefault(conversation)} of a conversation came {seq}.");
            _seqs[conversation] = seq;
        }
    }
}
