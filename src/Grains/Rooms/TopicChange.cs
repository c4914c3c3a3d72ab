using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Rooms;

/// <summary>A user began or ceased to publish in a topic, whatever the number of its sessions.</summary>
internal readonly record struct TopicChange(bool IsJoin, TopicName Topic, UserId User);
