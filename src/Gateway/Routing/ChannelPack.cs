using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Routing;

/// <summary>Messages of one channel that wait to go to clients together. Guarded by the gate of the channel's route.</summary>
/// <remarks><b>Source:</b> feature row C8 for <see cref="MessagesMax"/> and <see cref="Delay"/>.</remarks>
internal sealed class ChannelPack
{
    /// <summary>So many do not wait any longer.</summary>
    public const int MessagesMax = 20;

    /// <summary>So many bytes do not wait any longer: as much as an outbox puts into one write.</summary>
    public const int BytesMax = 64 * 1024;

    private readonly List<ChannelMessageEvent> _messages = [];
    private int _bytes;

    /// <summary>How long the first one waits for others.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromSeconds(1);

    /// <summary>True when what is there has to go now.</summary>
    public bool IsFull => _messages.Count >= MessagesMax || _bytes >= BytesMax;

    public void Add(ChannelMessageEvent message)
    {
        _messages.Add(message);
        _bytes += message.Bytes;
    }

    public bool Contains(ChannelMessageEvent message) => _messages.Contains(message);

    /// <summary>All that waits, in its order; nothing waits any more.</summary>
    public ChannelMessageEvent[] Take()
    {
        ChannelMessageEvent[] messages = [.. _messages];
        _messages.Clear();
        _bytes = 0;
        return messages;
    }
}
