using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Users;

/// <summary>Messages from one user to another.</summary>
internal sealed class UserMessageCalls(IGrainFactory grains)
{
    /// <summary>Sends a message to all sessions of <paramref name="receiver"/>.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelReceiverOffline"/>: nobody was there;
    /// <see cref="ErrorCode.ChannelPublishMessageTimeout"/>: the outcome is unknown. It is never repeated here, so that
    /// nothing arrives twice.
    /// </remarks>
    public Task<Outcome<UserMessageSent>> SendAsync(Session session, UserId receiver, Payload payload) =>
        session.Calls.ForUserAsync<UserMessageSent>(receiver, async budget =>
        {
            try
            {
                return await budget.WithinAsync(grains.GetGrain<IUserGrain>(GrainKey.User(receiver))
                    .SendAsync(new(session.User, payload)));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return new Refusal(
                    ErrorCode.ChannelPublishMessageTimeout,
                    "The receiver's side did not confirm the message; it may or may not have been delivered.");
            }
        });
}
