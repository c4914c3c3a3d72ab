using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Users;

/// <summary>Messages from one user to another.</summary>
internal sealed class UserMessageCalls(IGrainFactory grains)
{
    /// <summary>Sends a message to all sessions of <paramref name="receiver"/>.</summary>
    /// <param name="session">Who sends.</param>
    /// <param name="receiver">To whom.</param>
    /// <param name="payload">What.</param>
    /// <param name="isKept">Whether it is to be kept: then the answer waits for the store, and nobody need be there.</param>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelReceiverOffline"/>: nobody was there;
    /// <see cref="ErrorCode.LoginNotAuthorized"/>: the token does not let the session write to that user;
    /// <see cref="ErrorCode.ChannelPublishMessageTimeout"/>: the outcome is unknown. It is never repeated here, so that
    /// nothing arrives twice. Those of the history: see <see cref="IUserGrain.SendStoredAsync"/>.
    /// </remarks>
    public Task<Outcome<UserMessageSent>> SendAsync(
        Session session, UserId receiver, Payload payload, bool isKept = false) =>
        session.Denial(AccessKind.Write, ChannelType.User, receiver.Value) is { } denial
            ? Task.FromResult<Outcome<UserMessageSent>>(denial)
            : SendAsync(session.Calls, session.User, receiver, payload, isKept);

    /// <summary>Sends likewise, for whoever has no session.</summary>
    public Task<Outcome<UserMessageSent>> SendAsync(
        CallOrder order, UserId publisher, UserId receiver, Payload payload, bool isKept) =>
        order.ForUserAsync<UserMessageSent>(receiver, async budget =>
        {
            try
            {
                var grain = grains.GetGrain<IUserGrain>(GrainKey.User(receiver));
                var request = new SendUserMessageRequest(publisher, payload);
                return await budget.WithinAsync(isKept ? grain.SendStoredAsync(request) : grain.SendAsync(request));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return new Refusal(
                    ErrorCode.ChannelPublishMessageTimeout,
                    "The receiver's side did not confirm the message; it may or may not have been delivered.");
            }
        });
}
