using ImOrleans.Domain.Messages;

namespace ImOrleans.Gateway.Sessions;

/// <summary>Messages of one channel that go to clients together.</summary>
/// <param name="messages">In their order, one at least; of one level.</param>
internal sealed class ChannelPackEvent(ChannelMessageEvent[] messages) : SessionEvent
{
    public IReadOnlyList<ChannelMessageEvent> Messages { get; } = messages;

    public override int Bytes { get; } = messages.Sum(message => message.Bytes);

    public override int Count => Messages.Count;

    public override MessagePriority? Priority => Messages[0].Priority;
}
