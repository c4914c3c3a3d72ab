using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Domain.History;

/// <summary>Names one history: of a message channel, or of the messages to one user.</summary>
/// <param name="Type">A message channel or a user; stream channels have no history (feature row R20).</param>
/// <param name="Name">The channel's name, or the receiver's id.</param>
public readonly record struct HistoryKey(ChannelType Type, string Name)
{
    /// <summary>The history of a message channel.</summary>
    public static HistoryKey Of(ChannelName channel) => new(ChannelType.Message, channel.Value);

    /// <summary>The history of the messages to a user.</summary>
    public static HistoryKey Of(UserId receiver) => new(ChannelType.User, receiver.Value);
}
