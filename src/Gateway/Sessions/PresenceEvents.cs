using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Sessions;

/// <summary>Something about who is in a channel.</summary>
internal abstract class PresenceEvent(ChannelType type, ChannelName channel) : SessionEvent
{
    public ChannelType Type { get; } = type;

    public ChannelName Channel { get; } = channel;

    /// <summary>What a grain said; null when it is not about presence, or not for sessions.</summary>
    public static PresenceEvent? Of(ChannelType type, ChannelName channel, DeliveryItem item) => item switch
    {
        PresenceChanged change => new PresenceChangeEvent(type, channel, change),
        PresenceInterval interval => new PresenceIntervalEvent(type, channel, interval),
        PresenceSnapshot snapshot => new PresenceSnapshotEvent(type, channel, snapshot.View, snapshot.Bytes),
        _ => null,
    };
}

/// <summary>One user came, went or changed its state.</summary>
internal sealed class PresenceChangeEvent(ChannelType type, ChannelName channel, PresenceChanged change)
    : PresenceEvent(type, channel)
{
    public PresenceChanged Change { get; } = change;

    public override int Bytes { get; } = change.Bytes + 128;
}

/// <summary>What changed within a period.</summary>
internal sealed class PresenceIntervalEvent(ChannelType type, ChannelName channel, PresenceInterval interval)
    : PresenceEvent(type, channel)
{
    public PresenceInterval Interval { get; } = interval;

    public override int Bytes { get; } = interval.Bytes;
}

/// <summary>Who is there.</summary>
internal sealed class PresenceSnapshotEvent(ChannelType type, ChannelName channel, PresenceView view, int bytes)
    : PresenceEvent(type, channel)
{
    public PresenceView View { get; } = view;

    public override int Bytes { get; } = bytes;
}

/// <summary>The session is in a channel and will not be told who comes and goes.</summary>
internal sealed class PresenceOutOfServiceEvent(ChannelType type, ChannelName channel) : PresenceEvent(type, channel);
