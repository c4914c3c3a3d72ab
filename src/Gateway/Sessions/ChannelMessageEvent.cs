using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Gateway.Sessions;

/// <summary>A message of a channel.</summary>
internal sealed class ChannelMessageEvent(ChannelName channel, long epoch, ChannelMessage message) : SessionEvent
{
    public ChannelName Channel { get; } = channel;

    public ChannelMessage Message { get; } = message;

    public MessagePosition Position { get; } = new(epoch, message.Offset);

    public override int Bytes => Message.Bytes;

    public override MessagePriority? Priority => Message.Priority;
}
