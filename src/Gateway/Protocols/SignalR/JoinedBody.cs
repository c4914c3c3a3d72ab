using System.Text.Json.Serialization;
using ImOrleans.Gateway.Channels;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>The answer to a join.</summary>
/// <param name="Topics">Who publishes where.</param>
/// <param name="Metadata">All metadata; left out unless it was asked for.</param>
/// <param name="Locks">All locks; left out unless they were asked for.</param>
/// <param name="Presence">Who is there; left out unless it was asked for.</param>
internal sealed record JoinedBody(
    IReadOnlyDictionary<string, IEnumerable<string>> Topics,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SharedDataWriter.MetadataBody? Metadata,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IEnumerable<SharedDataWriter.LockBody>? Locks,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PresenceBody? Presence)
{
    public static JoinedBody Of(JoinedChannel joined) => new(
        joined.Topics.ToDictionary(topic => topic.Topic.Value, topic => topic.Users.Select(user => user.Value)),
        joined.Data?.Metadata is { } metadata ? SharedDataWriter.Describe(metadata) : null,
        joined.Data?.Locks is { } locks ? SharedDataWriter.Describe(locks).Locks : null,
        PresenceBody.Of(joined.Presence));
}
