using System.Text.Json;

namespace ImOrleans.Client.Wire;

/// <summary>An item of metadata.</summary>
internal sealed record WireItem(string Key, string Value, long Revision, string? Author = null, long? UpdateTs = null)
{
    public MetadataItem ToItem() => new(Key, Value)
    {
        Revision = Revision,
        Author = Author,
        UpdatedAt = UpdateTs is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null,
    };
}

/// <summary>The data of a reply with all metadata.</summary>
internal sealed record WireMetadata(long MajorRevision, WireItem[] Items)
{
    public static Metadata Read(WireReply reply)
    {
        var read = reply.Data.Deserialize<WireMetadata>(JsonSerializerOptions.Web)!;
        return new(read.MajorRevision, [.. read.Items.Select(item => item.ToItem())]);
    }
}

/// <summary>An element of <c>OnStorageEvents</c>.</summary>
internal sealed record WireStorageEvent(
    string StorageType, string Target, string? ChannelType, string Type, long MajorRevision, WireItem[] Items)
{
    /// <summary>Null when it is of a kind that later servers may tell.</summary>
    public StorageEvent? ToEvent()
    {
        StorageEventType? type = Type switch
        {
            "snapshot" => StorageEventType.Snapshot,
            "set" => StorageEventType.Set,
            "update" => StorageEventType.Update,
            "remove" => StorageEventType.Remove,
            _ => null,
        };
        return type is { } known ? new(Target, known, MajorRevision, [.. Items.Select(item => item.ToItem())]) : null;
    }
}

/// <summary>A lock.</summary>
internal sealed record WireLock(string Name, string Owner, long Ttl, long? FencingToken = null)
{
    public LockInfo ToInfo() => new(Name, TimeSpan.FromSeconds(Ttl), Owner.Length == 0 ? null : Owner, FencingToken);

    public static IReadOnlyList<LockInfo> Read(WireReply reply) =>
        [.. reply.Data.GetProperty("locks").Deserialize<WireLock[]>(JsonSerializerOptions.Web)!.Select(one => one.ToInfo())];
}

/// <summary>An element of <c>OnLockEvents</c>.</summary>
internal sealed record WireLockEvent(
    string Type, string Channel, string ChannelType, WireLock[] Locks, long EndedToken = 0, long Revision = 0)
{
    /// <summary>Null when it is of a kind that later servers may tell.</summary>
    public LockEvent? ToEvent()
    {
        LockEventType? type = Type switch
        {
            "snapshot" => LockEventType.Snapshot,
            "set" => LockEventType.Set,
            "remove" => LockEventType.Remove,
            "acquired" => LockEventType.Acquired,
            "released" => LockEventType.Released,
            "expired" => LockEventType.Expired,
            _ => null,
        };
        return type is { } known ? new(Channel, known, [.. Locks.Select(one => one.ToInfo())]) : null;
    }
}
