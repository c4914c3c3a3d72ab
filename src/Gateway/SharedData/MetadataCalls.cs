using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.SharedData;

/// <summary>What sessions do with the metadata of channels and users.</summary>
internal sealed class MetadataCalls(
    IGrainFactory grains, SharedDataFeeds feeds, RouteRegistrar registrar, IOptions<MetadataOptions> options)
{
    private const ErrorCode NotAvailable = ErrorCode.StorageNotAvailable;

    /// <summary>Changes items, all or none. Never repeated here: a change whose outcome is unknown is told as such.</summary>
    /// <remarks><b>Errors:</b> those of <see cref="MetadataForm"/> and <see cref="ISharedDataGrain"/>.</remarks>
    public Task<Outcome<MetadataChanged>> ChangeAsync(
        Session session, ChannelType type, string name, ChangeMetadataRequest request) =>
        session.Calls.ForSharedDataAsync<MetadataChanged>(type, name, NotAvailable, async budget =>
        {
            if (MetadataForm.Check(request.Kind, request.Items, request.MajorRevision) is { } refusal)
                return refusal;
            if (type == ChannelType.User && options.Value.UserOwnerOnly && session.User.Value != name)
                return new Refusal(
                    ErrorCode.StorageInvalidArgument, "Here only users themselves change their metadata.");
            try
            {
                return await budget.WithinAsync(Grain(type, name).ChangeMetadataAsync(request, Next(session)));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return new Refusal(
                    ErrorCode.StorageOperationTimeout, "The change was not confirmed; it may or may not have been stored.");
            }
        });

    /// <summary>All metadata.</summary>
    public Task<Outcome<MetadataContent>> GetAsync(Session session, ChannelType type, string name) =>
        session.Calls.ForSharedDataAsync<MetadataContent>(type, name, NotAvailable, async budget =>
        {
            try
            {
                return await budget.WithinAsync(Grain(type, name).GetMetadataAsync(Next(session)));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return ErrorCode.StorageNotAvailable;
            }
        });

    /// <summary>Tells the session of changes of a user's metadata; the snapshot event goes out before this returns.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.DuplicateOperation"/>: it is told already;
    /// <see cref="ErrorCode.StorageSubscribeUserExceedLimitation"/>: of 100 users.
    /// </remarks>
    public Task<Outcome<MetadataContent>> SubscribeUserAsync(Session session, UserId user) =>
        session.Calls.ForSharedDataAsync<MetadataContent>(ChannelType.User, user.Value, NotAvailable, async budget =>
        {
            var watched = session.SharedData.All().Where(route => route.Type == ChannelType.User).ToImmutableArray();
            if (watched.Any(route => route.Name == user.Value))
                return new Refusal(ErrorCode.DuplicateOperation, $"The metadata of {user} is subscribed already.");
            if (watched.Length >= SharedDataLimits.WatchedUsersMax)
                return new Refusal(
                    ErrorCode.StorageSubscribeUserExceedLimitation,
                    $"A client subscribes to the metadata of at most {SharedDataLimits.WatchedUsersMax} users.");
            var opened = await feeds.OpenAsync(
                budget, session, ChannelType.User, user.Value, metadata: true, locks: false);
            if (!opened.IsAccepted)
                return opened.As<MetadataContent>();
            await session.Outbox.FlushedAsync();
            return opened.Value.Metadata!;
        });

    /// <summary>Tells the session of changes of a user's metadata no more.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.StorageNotSubscribe"/>.</remarks>
    public Task<Outcome<Done>> UnsubscribeUserAsync(Session session, UserId user) =>
        session.Calls.ForSharedDataAsync<Done>(ChannelType.User, user.Value, NotAvailable, async budget =>
        {
            if (!session.SharedData.All().Any(route => route.Type == ChannelType.User && route.Name == user.Value))
                return ErrorCode.StorageNotSubscribe;
            // Whatever comes of it, it is told no more.
            await feeds.CloseAsync(budget, session, ChannelType.User, user.Value, metadata: true, locks: false);
            return default(Done);
        });

    private SessionCall Next(Session session) => new(session.Id, registrar.NextNumber());

    private ISharedDataGrain Grain(ChannelType type, string name) =>
        grains.GetGrain<ISharedDataGrain>(GrainKey.SharedData(type, name));
}
