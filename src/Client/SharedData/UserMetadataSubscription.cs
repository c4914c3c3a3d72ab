namespace ImOrleans.Client;

/// <summary>The metadata of a user, followed. Survives reconnects.</summary>
public sealed class UserMetadataSubscription
{
    private readonly Func<CancellationToken, Task> _unsubscribe;

    internal UserMetadataSubscription(
        string userId, Metadata metadata, Feed<StorageEvent> events, Func<CancellationToken, Task> unsubscribe) =>
        (UserId, Metadata, Events, _unsubscribe) = (userId, metadata, events, unsubscribe);

    /// <summary>Whose it is.</summary>
    public string UserId { get; }

    /// <summary>What there was at the subscription.</summary>
    public Metadata Metadata { get; }

    /// <summary>A snapshot, then each change. Ends with the subscription.</summary>
    public Feed<StorageEvent> Events { get; }

    /// <summary>Ends the subscription and its feed.</summary>
    public Task UnsubscribeAsync(CancellationToken cancellationToken = default) => _unsubscribe(cancellationToken);
}
