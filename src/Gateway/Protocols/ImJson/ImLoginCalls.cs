using System.Text;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Protocols.WebSockets;
using ImOrleans.Gateway.Sessions;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>Signs clients in.</summary>
internal sealed class ImLoginCalls(
    SessionLifecycle lifecycle, TokenAuthenticator authenticator, ImTrust trust, GatewayHealth health,
    IOptions<ImOptions> options, TimeProvider clock)
{
    /// <summary>The first length of a user id that is too long, in bytes. <b>Source:</b> feature row S4.</summary>
    private const int UserIdBytesEnd = 20;

    /// <summary>How long a login without a token lasts; then its client signs in again.</summary>
    private static readonly TimeSpan UntokenedLifetime = TimeSpan.FromDays(30);

    /// <summary>Why a login is not even tried; success when it is.</summary>
    public ImCode Check(ImLogin login) =>
        Encoding.UTF8.GetByteCount(login.UserId) >= UserIdBytesEnd || !UserId.TryParse(login.UserId, out _)
            ? ImCode.UnauthorizedUserId
            : options.Value.Allows(login.AppId) ? ImCode.Success : ImCode.Unauthorized;

    /// <summary>Begins a session; its code when there is none.</summary>
    public async Task<(ImCode Code, Session? Session, ImConnection? Connection)> LoginAsync(
        ImLogin login, SocketConnection socket)
    {
        if (!health.IsReady)
            return (ImCode.ServerError, null, null);
        if (TokenOf(login) is not { } token)
            return (ImCode.Unauthorized, null, null);
        var user = new UserId(login.UserId);
        var connection = new ImConnection(socket, user);
        var outcome = await lifecycle.ConnectAsync(
            user, ImApp.Device(login.AppId), token, connection,
            new() { PresenceTimeout = RtmLimits.PresenceTimeoutMin, Class = DeviceClass.Im });
        if (outcome.IsAccepted)
            return (ImCode.Success, outcome.Value, connection);
        var isFull = outcome.Refusal.Code == ErrorCode.LoginRejected;
        return (isFull ? ImCode.OperationFailure : ImCode.ServerError, null, null);
    }

    /// <remarks>
    /// What a token lists of channels says nothing here: the session is in none but its app's.
    /// </remarks>
    private SessionToken? TokenOf(ImLogin login)
    {
        var token = authenticator.CheckLogin(login.ServiceToken);
        if (token.IsAccepted)
            return token.Value.UserId == login.UserId ? new(login.ServiceToken, token.Value.ExpiresAt) : null;
        return trust.AcceptsWithoutToken ? new("", clock.GetUtcNow() + UntokenedLifetime) : null;
    }
}
