using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Reads what requests for metadata and locks have in common.</summary>
internal static class MetadataReader
{
    /// <summary>The type of the channel, which has to be named.</summary>
    public static ChannelType ChannelTypeOf(RequestReader read)
    {
        read.Require("channelType");
        var type = read.OneOf(
            "channelType", ChannelType.Message,
            ("message", ChannelType.Message), ("stream", ChannelType.Stream), ("user", ChannelType.User));
        if (type == ChannelType.User)
            read.Refuse(ErrorCode.InvalidChannelType, "'channelType' must be 'message' or 'stream' here.");
        return type;
    }

    /// <summary>The name of a lock.</summary>
    public static LockName Lock(RequestReader read, string field = "name", ErrorCode invalid = ErrorCode.LockInvalidName)
    {
        var text = read.Text(field, isRequired: true);
        if (read.Refusal is null && !LockName.TryParse(text, out _))
            read.Refuse(invalid, $"'{field}' is no name of a lock: 1 to 64 bytes of printable text.");
        return new(text);
    }

    /// <summary>A change: items, majorRevision, lock, fencingToken, recordTs, recordAuthor.</summary>
    public static ChangeMetadataRequest Change(RequestReader read, UserId user, MetadataChangeKind kind)
    {
        if (kind != MetadataChangeKind.Remove)
            read.Require("items");
        var items = ImmutableArray.CreateBuilder<MetadataWrite>();
        foreach (var item in read.Objects("items"))
        {
            var key = item.Text("key", isRequired: true);
            var value = item.Text("value", isRequired: kind != MetadataChangeKind.Remove);
            var revision = item.Number("revision") ?? MetadataWrite.AnyRevision;
            if (item.Refusal is { } refusal)
                read.Refuse(refusal.Code, $"An element of 'items': {refusal.Message}");
            items.Add(new(key, value, revision));
        }

        var guard = read.Text("lock") is { Length: > 0 }
            ? Lock(read, "lock", ErrorCode.StorageInvalidLockName)
            : (LockName?)null;
        var token = read.Number("fencingToken");
        if (token <= 0 || (token is not null && guard is null))
            read.Refuse(ErrorCode.StorageInvalidArgument, "'fencingToken' must be greater than zero, and of a 'lock'.");
        return new(
            user, kind, items.ToImmutable(), read.Number("majorRevision") ?? MetadataWrite.AnyRevision, guard,
            read.Flag("recordTs", false), read.Flag("recordAuthor", false), token ?? 0);
    }
}
