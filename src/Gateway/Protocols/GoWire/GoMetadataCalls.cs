using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Protocols.GoWire.Frames;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.SharedData;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>What clients ask of the metadata of channels and users.</summary>
internal sealed class GoMetadataCalls(MetadataCalls metadata)
{
    public async Task<GoReply> ChangeChannelAsync(Session session, GoRequest read)
    {
        var (channel, type) = (read.Channel(1), read.ChannelType(2));
        var guard = read.Text(6).Length == 0 ? (LockName?)null : read.Lock(6, ErrorCode.StorageInvalidLockName);
        var change = Change(session, read, kindField: 3, itemsField: 4) with
        {
            MajorRevision = read.Number(5),
            Lock = guard,
            RecordTime = read.Number(7) != 0,
            RecordAuthor = read.Number(8) != 0,
        };
        return read.Refusal ?? GoReply.Of(await metadata.ChangeAsync(session, type, channel.Value, change));
    }

    public async Task<GoReply> GetChannelAsync(Session session, GoRequest read)
    {
        var (channel, type) = (read.Channel(1), read.ChannelType(2));
        if (read.Refusal is { } refusal)
            return refusal;
        var outcome = await metadata.GetAsync(session, type, channel.Value);
        return outcome.Refusal ?? GoReply.With(
            Items(new GoMessageWriter().Text(1, channel.Value).Number(2, (int)type), 3, outcome.Value!.Items)
                .Number(4, outcome.Value.MajorRevision));
    }

    public async Task<GoReply> ChangeUserAsync(Session session, GoRequest read)
    {
        var user = read.User(1);
        var change = Change(session, read, kindField: 2, itemsField: 3) with
        {
            MajorRevision = read.Number(4),
            RecordTime = read.Number(5) != 0,
            RecordAuthor = read.Number(6) != 0,
        };
        return read.Refusal ?? GoReply.Of(await metadata.ChangeAsync(session, ChannelType.User, user.Value, change));
    }

    public async Task<GoReply> GetUserAsync(Session session, GoRequest read)
    {
        var user = read.User(1);
        if (read.Refusal is { } refusal)
            return refusal;
        var outcome = await metadata.GetAsync(session, ChannelType.User, user.Value);
        return outcome.Refusal ?? GoReply.With(
            Items(new GoMessageWriter().Text(1, user.Value), 2, outcome.Value!.Items)
                .Number(3, outcome.Value.MajorRevision));
    }

    /// <summary>
    /// Tells the session of a user's metadata, the snapshot first. Again begins anew: the SDK cannot end it, and waits for
    /// a snapshot each time.
    /// </summary>
    public async Task<GoReply> SubscribeUserAsync(Session session, GoRequest read)
    {
        var user = read.User(1);
        if (read.Refusal is { } refusal)
            return refusal;
        var outcome = await metadata.SubscribeUserAsync(session, user);
        if (outcome.Refusal is { Code: ErrorCode.DuplicateOperation })
        {
            await metadata.UnsubscribeUserAsync(session, user);
            outcome = await metadata.SubscribeUserAsync(session, user);
        }

        return GoReply.Of(outcome);
    }

    public async Task<GoReply> UnsubscribeUserAsync(Session session, GoRequest read)
    {
        var user = read.User(1);
        return read.Refusal ?? GoReply.Of(await metadata.UnsubscribeUserAsync(session, user));
    }

    /// <summary>Writes items, each with what is known of it.</summary>
    public static GoMessageWriter Items(GoMessageWriter message, int field, IEnumerable<MetadataItem> items)
    {
        foreach (var item in items)
            message.OneOf(field, new GoMessageWriter()
                .Text(1, item.Key)
                .Text(2, item.Value)
                .Text(3, item.Author?.Value)
                .Number(4, item.Revision)
                .Number(5, item.UpdatedAtUnixMs ?? 0));
        return message;
    }

    private static ChangeMetadataRequest Change(Session session, GoRequest read, int kindField, int itemsField)
    {
        var kind = read.Number(kindField) switch
        {
            0 => MetadataChangeKind.Set,
            1 => MetadataChangeKind.Update,
            2 => MetadataChangeKind.Remove,
            _ => (MetadataChangeKind?)null,
        };
        if (kind is null)
            read.Refuse(ErrorCode.InvalidParameter);
        var items = ImmutableArray.CreateBuilder<MetadataWrite>();
        foreach (var item in read.Messages(itemsField))
        {
            var key = item.TextOrNull(1, ErrorCode.StorageInvalidKey) ?? "";
            var value = item.TextOrNull(2, ErrorCode.StorageInvalidValue) ?? "";
            if (item.Refusal is { } refusal)
                read.Refuse(refusal);
            // An item without a revision is one whose revision does not matter: zero is left out on this wire.
            items.Add(new(key, value, item.Number(4) is var revision and not 0 ? revision : MetadataWrite.AnyRevision));
        }

        return new(session.User, kind ?? default, items.ToImmutable());
    }
}
