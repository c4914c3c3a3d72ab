using System.Text.Json;
using System.Text.Json.Serialization;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Metadata and locks as the hub's JSON has them.</summary>
internal static class SharedDataWriter
{
    public static void Write(Utf8JsonWriter writer, StorageEvent storage)
    {
        var isUser = storage.Type == ChannelType.User;
        writer.WriteStartObject();
        writer.WriteString("storageType", isUser ? "user" : "channel");
        writer.WriteString("target", storage.Name);
        if (!isUser)
            writer.WriteString("channelType", Word(storage.Type));
        writer.WriteString("type", storage.Kind switch
        {
            MetadataChangeKind.Set => "set",
            MetadataChangeKind.Update => "update",
            MetadataChangeKind.Remove => "remove",
            _ => "snapshot",
        });
        writer.WriteNumber("majorRevision", storage.MajorRevision);
        writer.WriteStartArray("items");
        foreach (var item in storage.Items)
        {
            writer.WriteStartObject();
            writer.WriteString("key", item.Key);
            writer.WriteString("value", item.Value);
            writer.WriteNumber("revision", item.Revision);
            if (item.Author is { } author)
                writer.WriteString("author", author.Value);
            if (item.UpdatedAtUnixMs is { } updatedAt)
                writer.WriteNumber("updateTs", updatedAt);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, LocksEvent locks)
    {
        writer.WriteStartObject();
        writer.WriteString("type", locks.Kind switch
        {
            LockChangeKind.Set => "set",
            LockChangeKind.Removed => "remove",
            LockChangeKind.Acquired => "acquired",
            LockChangeKind.Released => "released",
            LockChangeKind.Expired => "expired",
            _ => "snapshot",
        });
        writer.WriteString("channel", locks.Name);
        writer.WriteString("channelType", Word(locks.Type));
        writer.WriteNumber("revision", locks.Revision);
        writer.WriteStartArray("locks");
        foreach (var detail in locks.Locks)
        {
            writer.WriteStartObject();
            writer.WriteString("name", detail.Name.Value);
            writer.WriteString("owner", detail.Owner?.Value ?? "");
            writer.WriteNumber("ttl", detail.TtlSeconds);
            if (detail.Owner is not null)
                writer.WriteNumber("fencingToken", detail.FencingToken);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (locks.EndedToken > 0)
            writer.WriteNumber("endedToken", locks.EndedToken);
        writer.WriteEndObject();
    }

    /// <summary>As a reply has them.</summary>
    public static MetadataBody Describe(MetadataContent content) => new(content.MajorRevision, content.Items.Select(item =>
        new MetadataItemBody(item.Key, item.Value, item.Revision, item.Author?.Value, item.UpdatedAtUnixMs)));

    /// <summary>As a reply has them.</summary>
    public static LocksBody Describe(LockContent content) => new(content.Locks.Select(Describe), content.Revision);

    private static LockBody Describe(LockDetail detail) => new(
        detail.Name.Value, detail.Owner?.Value ?? "", detail.TtlSeconds,
        detail.Owner is null ? null : detail.FencingToken);

    private static string Word(ChannelType type) => type == ChannelType.Stream ? "stream" : "message";

    internal sealed record MetadataBody(long MajorRevision, IEnumerable<MetadataItemBody> Items);

    internal sealed record MetadataItemBody(
        string Key, string Value, long Revision,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Author,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? UpdateTs);

    internal sealed record LocksBody(IEnumerable<LockBody> Locks, long Revision);

    internal sealed record LockBody(
        string Name, string Owner, int Ttl,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? FencingToken);
}
