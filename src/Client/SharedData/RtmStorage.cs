using ImOrleans.Client.Wire;

namespace ImOrleans.Client;

/// <summary>Metadata of channels and users. No channel need be joined for it.</summary>
/// <remarks>
/// <b>Guarantee:</b> when a change returns it is stored, all of its items or none. No change is sent twice by the client;
/// with <see cref="RtmException.OutcomeUnknown"/> it may or may not be stored.
/// <b>Errors:</b> 10008, 10006, 10021; 12001 and 12019: try again; 12003: an item is not there; 12004: nothing to write;
/// 12005, 12014: revisions; 12006, 12011, 12012: too long; 12007, 12008: the lock; 12009: an empty key; 12013: a key named
/// twice; 12018: unknown outcome.
/// </remarks>
public sealed class RtmStorage
{
    private readonly ChannelRegistry _registry;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Feed<StorageEvent>> _users = [];

    internal RtmStorage(ChannelRegistry registry) => _registry = registry;

    /// <summary>Creates or overwrites items of a channel.</summary>
    /// <returns>The new major revision.</returns>
    public Task<long> SetChannelMetadataAsync(
        string channel, ChannelType type, IEnumerable<MetadataItem> items, MetadataChangeOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ChangeAsync("SetChannelMetadata", Of(channel, type), items, options, cancellationToken);

    /// <summary>Overwrites items of a channel, which must all be there.</summary>
    /// <returns>The new major revision.</returns>
    public Task<long> UpdateChannelMetadataAsync(
        string channel, ChannelType type, IEnumerable<MetadataItem> items, MetadataChangeOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ChangeAsync("UpdateChannelMetadata", Of(channel, type), items, options, cancellationToken);

    /// <summary>Removes items of a channel, which must all be there; none named: all.</summary>
    /// <returns>The new major revision.</returns>
    public Task<long> RemoveChannelMetadataAsync(
        string channel, ChannelType type, IEnumerable<MetadataItem>? items = null, MetadataChangeOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ChangeAsync("RemoveChannelMetadata", Of(channel, type), items ?? [], options, cancellationToken);

    /// <summary>All metadata of a channel.</summary>
    public async Task<Metadata> GetChannelMetadataAsync(
        string channel, ChannelType type, CancellationToken cancellationToken = default) =>
        WireMetadata.Read(await _registry.CallAsync(
            "GetChannelMetadata", Of(channel, type), cancellationToken).ConfigureAwait(false));

    /// <summary>Creates or overwrites items of a user.</summary>
    /// <returns>The new major revision.</returns>
    public Task<long> SetUserMetadataAsync(
        string userId, IEnumerable<MetadataItem> items, MetadataChangeOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ChangeAsync("SetUserMetadata", Of(userId), items, options, cancellationToken);

    /// <summary>Overwrites items of a user, which must all be there.</summary>
    /// <returns>The new major revision.</returns>
    public Task<long> UpdateUserMetadataAsync(
        string userId, IEnumerable<MetadataItem> items, MetadataChangeOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ChangeAsync("UpdateUserMetadata", Of(userId), items, options, cancellationToken);

    /// <summary>Removes items of a user, which must all be there; none named: all.</summary>
    /// <returns>The new major revision.</returns>
    public Task<long> RemoveUserMetadataAsync(
        string userId, IEnumerable<MetadataItem>? items = null, MetadataChangeOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ChangeAsync("RemoveUserMetadata", Of(userId), items ?? [], options, cancellationToken);

    /// <summary>All metadata of a user.</summary>
    public async Task<Metadata> GetUserMetadataAsync(string userId, CancellationToken cancellationToken = default) =>
        WireMetadata.Read(await _registry.CallAsync(
            "GetUserMetadata", Of(userId), cancellationToken).ConfigureAwait(false));

    /// <summary>Follows the metadata of a user; of at most 100 at a time.</summary>
    /// <exception cref="RtmException">10017: followed already. 12017: of 100 users.</exception>
    public async Task<UserMetadataSubscription> SubscribeUserMetadataAsync(
        string userId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        // Events can come before the answer.
        var feed = new Feed<StorageEvent>(_registry.Options.FeedItemsMax);
        lock (_lock)
        {
            if (!_users.TryAdd(userId, feed))
                throw RtmException.Of(10017, $"The metadata of {userId} is followed already.");
        }

        var request = new { userId };
        var reply = await _registry.CallAsync("SubscribeUserMetadata", request, cancellationToken, (_, reply, abandoned) =>
        {
            if (reply is not { IsDone: true })
                Forget(userId, feed, null);
            else if (abandoned)
                _registry.Undo(UnsubscribeAsync(userId, feed, CancellationToken.None));
        }).ConfigureAwait(false);
        return new(userId, WireMetadata.Read(reply), feed, token => UnsubscribeAsync(userId, feed, token));
    }

    internal void OnEvent(WireStorageEvent told)
    {
        Feed<StorageEvent>? feed;
        lock (_lock)
            feed = _users.GetValueOrDefault(told.Target);
        if (told.ToEvent() is { } happened)
            feed?.Post(happened);
    }

    /// <summary>Asks over a new link for what was followed; what is refused ends.</summary>
    internal async Task RestoreAsync(ChannelRestorer restorer)
    {
        foreach (var (userId, feed) in All())
        {
            var reply = await restorer.CallAsync("SubscribeUserMetadata", new { userId }).ConfigureAwait(false);
            if (!reply.IsDone)
                Forget(userId, feed, reply.ToException());
        }
    }

    internal void End(RtmException? why)
    {
        foreach (var (userId, feed) in All())
            Forget(userId, feed, why);
    }

    private async Task UnsubscribeAsync(string userId, Feed<StorageEvent> feed, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_users.GetValueOrDefault(userId) != feed)
                return;
        }

        await _registry.CallAsync("UnsubscribeUserMetadata", new { userId }, cancellationToken).ConfigureAwait(false);
        Forget(userId, feed, null);
    }

    private async Task<long> ChangeAsync(
        string method, Dictionary<string, object?> target, IEnumerable<MetadataItem> items, MetadataChangeOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        options ??= new();
        target["items"] = items.Select(item => new { key = item.Key, value = item.Value, revision = item.Revision }).ToList();
        target["majorRevision"] = options.MajorRevision;
        target["lock"] = options.Lock;
        target["fencingToken"] = options.FencingToken;
        target["recordTs"] = options.RecordTime;
        target["recordAuthor"] = options.RecordAuthor;
        var reply = await _registry.CallAsync(method, target, cancellationToken).ConfigureAwait(false);
        return reply.Data.GetProperty("majorRevision").GetInt64();
    }

    private static Dictionary<string, object?> Of(string channel, ChannelType type)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return new() { ["channel"] = channel, ["channelType"] = WireWords.Of(type) };
    }

    private static Dictionary<string, object?> Of(string userId)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return new() { ["userId"] = userId };
    }

    private void Forget(string userId, Feed<StorageEvent> feed, RtmException? why)
    {
        lock (_lock)
        {
            if (_users.GetValueOrDefault(userId) == feed)
                _users.Remove(userId);
        }

        feed.Complete(why);
    }

    private List<(string UserId, Feed<StorageEvent> Feed)> All()
    {
        lock (_lock)
            return [.. _users.Select(entry => (entry.Key, entry.Value))];
    }
}
