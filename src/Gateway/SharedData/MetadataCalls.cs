using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.SharedData;

/// <summary>What sessions do with the metadata of channels and users.</summary>
/// <remarks>
/// <see cref="ErrorCode.LoginNotAuthorized"/> when the token does not let the session read, or change, that of the
/// channel or user. To be told no more is never refused so.
/// </remarks>
internal sealed class MetadataCalls(
    IGrainFactory grains, SharedDataFeeds feeds, RouteRegistrar registrar, IOptions<MetadataOptions> options)
{
    private const ErrorCode NotAvailable = ErrorCode.StorageNotAvailable;

    /// <summary>Changes items, all or none. Never repeated here: a change whose outcome is unknown is told as such.</summary>
    /// <remarks><b>Errors:</b> those of <see cref="MetadataForm"/> and <see cref="ISharedDataGrain"/>.</remarks>
    public Task<Outcome<MetadataChanged>> ChangeAsync(
        Session session, ChannelType type, string name, ChangeMetadataRequest request) =>
        InTurnAsync<MetadataChanged>(session, AccessKind.Write, type, name, async budget =>
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
        InTurnAsync<MetadataContent>(session, AccessKind.Read, type, name, async budget =>
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
        InTurnAsync<MetadataContent>(session, AccessKind.Read, ChannelType.User, user.Value, async budget =>
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

    private static Task<Outcome<T>> InTurnAsync<T>(
        Session session, AccessKind access, ChannelType type, string name, Func<CallBudget, Task<Outcome<T>>> call) =>
        session.Denial(access, type, name) is { } denial
            ? Task.FromResult<Outcome<T>>(denial)
            : session.Calls.ForSharedDataAsync(type, name, NotAvailable, call);

    private SessionCall Next(Session session) => new(session.Id, registrar.NextNumber());

    private ISharedDataGrain Grain(ChannelType type, string name) =>
        grains.GetGrain<ISharedDataGrain>(GrainKey.SharedData(type, name));
}
