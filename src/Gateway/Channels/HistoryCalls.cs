using ImOrleans.Domain.Errors;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Channels;

/// <summary>Messages that were kept.</summary>
internal sealed class HistoryCalls(IGrainFactory grains)
{
    /// <summary>Reads a page: of any message channel, as anybody may subscribe to it; of messages to users, one's own.</summary>
    /// <remarks>
    /// It waits for the session's earlier calls for the same target, so that it finds what was published by them.
    /// <b>Errors:</b> <see cref="ErrorCode.HistoryOperationNotPermitted"/>: of another user's, or of a channel
    /// that the token does not let the session read;
    /// <see cref="ErrorCode.HistoryOperationTimeout"/>, <see cref="ErrorCode.HistoryOperationFailed"/>: try again;
    /// <see cref="ErrorCode.HistoryNotAvailable"/>.
    /// </remarks>
    public Task<Outcome<HistoryPage>> GetAsync(Session session, HistoryKey key, HistoryQuery query)
    {
        if (key.Type == ChannelType.Message)
        {
            var channel = new ChannelName(key.Name);
            if (session.Denial(
                AccessKind.Read, ChannelType.Message, key.Name, ErrorCode.HistoryOperationNotPermitted) is { } denial)
                return Task.FromResult<Outcome<HistoryPage>>(denial);
            return session.Calls.ForMessageChannelAsync(channel, budget => WithinAsync(
                () => budget.WithinAsync(
                    grains.GetGrain<IMessageChannelGrain>(GrainKey.MessageChannel(channel)).GetMessagesAsync(query))));
        }

        var user = new UserId(key.Name);
        if (user != session.User)
            return Task.FromResult<Outcome<HistoryPage>>(ErrorCode.HistoryOperationNotPermitted);
        return session.Calls.ForUserAsync<HistoryPage>(user, budget => WithinAsync(
            () => budget.WithinAsync(grains.GetGrain<IUserGrain>(GrainKey.User(user)).GetMessagesAsync(query))));
    }

    private static async Task<Outcome<HistoryPage>> WithinAsync(Func<Task<Outcome<HistoryPage>>> read)
    {
        try
        {
            return await read();
        }
        catch (TimeoutException)
        {
            return new Refusal(ErrorCode.HistoryOperationTimeout, "The messages could not be read in time; try again.");
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return new Refusal(ErrorCode.HistoryOperationFailed, "The messages could not be read; try again.");
        }
    }
}
