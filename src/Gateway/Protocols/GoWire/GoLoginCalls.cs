using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>What clients ask about their login.</summary>
internal sealed class GoLoginCalls(
    SessionLifecycle lifecycle, StreamChannelCalls channels, TokenAuthenticator authenticator, SessionTokens tokens,
    AppCredentials app, GatewayHealth health)
{
    /// <summary>
    /// The device of every login at this door: a second login of a user takes over from the first, and from none of
    /// another door.
    /// </summary>
    public static readonly DeviceId Device = new("rtm2-go");

    /// <summary>Signs in: app id, user id, presence time-out, token.</summary>
    public async Task<Outcome<Session>> LoginAsync(GoRequest read, GoWireConnection connection)
    {
        var appId = read.Text(1);
        var user = read.User(2);
        var timeout = PresenceTimeout(read.Number(4));
        var text = read.Text(5);
        if (read.Refusal is { } refusal)
            return refusal;
        if (!health.IsReady)
            return ErrorCode.LoginNoServerResources;
        if (appId.Length == 0)
            return ErrorCode.InvalidAppId;
        if (!string.Equals(appId, app.Key, StringComparison.OrdinalIgnoreCase))
            return ErrorCode.InconsistentAppid;
        var token = authenticator.CheckLogin(text);
        if (!token.IsAccepted)
            return token.As<Session>();
        if (token.Value.UserId != user.Value)
            return ErrorCode.InvalidToken;
        return await lifecycle.ConnectAsync(
            user, Device, SessionToken.Of(text, token.Value), connection,
            new() { PresenceTimeout = timeout, Class = DeviceClass.GoSdk });
    }

    /// <summary>The SDK does not look at the range (row R43): what is beyond it counts as its end.</summary>
    private static TimeSpan? PresenceTimeout(long seconds)
    {
        if (seconds <= 0)
            return null;
        return TimeSpan.FromSeconds(Math.Clamp(
            seconds, (long)RtmLimits.PresenceTimeoutMin.TotalSeconds, (long)RtmLimits.PresenceTimeoutMax.TotalSeconds));
    }

    /// <summary>Replaces the login's token, or that of a channel.</summary>
    public async Task<GoReply> RenewTokenAsync(Session session, GoRequest read)
    {
        var text = read.Text(1);
        var channel = read.Text(2).Length == 0 ? (ChannelName?)null : read.Channel(2);
        if (read.Refusal is { } refusal)
            return refusal;
        var token = tokens.Check(text, session.User, channel);
        if (!token.IsAccepted)
            return token.Refusal;
        return GoReply.Of(channel is { } name
            ? await channels.RenewTokenAsync(session, name, token.Value)
            : await lifecycle.RenewTokenAsync(session, token.Value));
    }

    /// <summary>Ends the session.</summary>
    public async Task<GoReply> LogoutAsync(Session session)
    {
        await lifecycle.LogoutAsync(session);
        return GoReply.Done;
    }
}
