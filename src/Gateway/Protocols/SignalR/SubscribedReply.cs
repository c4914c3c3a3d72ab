using System.Text.Json.Serialization;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Channels;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>What a subscription is answered with.</summary>
/// <param name="Position">The last message before the answer.</param>
/// <param name="Recovered">Whether nothing is missing since the position that was asked for.</param>
/// <param name="Messages">What was missed, in the shape of the event.</param>
/// <param name="Metadata">All metadata; left out unless it was asked for.</param>
/// <param name="Locks">All locks; left out unless they were asked for.</param>
/// <param name="Presence">Who is there; left out unless it was asked for.</param>
internal sealed record SubscribedReply(
    PositionReply Position,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Recovered,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MissedMessages? Messages,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SharedDataWriter.MetadataBody? Metadata,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IEnumerable<SharedDataWriter.LockBody>? Locks,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PresenceBody? Presence)
{
    public static SubscribedReply Of(ChannelName channel, SubscribedChannel answer)
    {
        var subscribed = answer.Subscribed;
        return new(
            new(subscribed.Position.Offset, subscribed.Position.EpochText()),
            subscribed.IsRecovered,
            subscribed.IsRecovered is null ? null : new(channel, subscribed.Position.Epoch, subscribed.Missed),
            answer.Data?.Metadata is { } metadata ? SharedDataWriter.Describe(metadata) : null,
            answer.Data?.Locks is { } locks ? SharedDataWriter.Describe(locks).Locks : null,
            PresenceBody.Of(subscribed.Presence.View));
    }
}

/// <summary>A position as clients see it.</summary>
internal sealed record PositionReply(long Offset, string Epoch);
