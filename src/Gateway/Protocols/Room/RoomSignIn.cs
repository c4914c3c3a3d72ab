using System.Globalization;
using System.Security.Cryptography;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Hosting;
using ImOrleans.Gateway.Protocols.Room.Wire;
using ImOrleans.Gateway.Protocols.WebSockets;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.MessageChannels;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>Who may come into which room: sign-ins, the first of a connection and later ones.</summary>
/// <remarks>
/// Each connection has a session of its own, beside all others of its user, that is subscribed to the message channel named as
/// the room.
/// </remarks>
internal sealed class RoomSignIn(
    TokenAuthenticator authenticator, SessionLifecycle lifecycle, MessageChannelCalls channels, GatewayHealth health,
    IOptions<RoomOptions> options)
{
    private const int DeviceRandomBytes = 16;

    /// <summary>
    /// The session lives as its connection does; nobody can come back to it, so that the room need not count it any longer
    /// when its gateway is lost.
    /// </summary>
    private static readonly ConnectWishes Wishes =
        new() { Class = DeviceClass.Room, PresenceTimeout = TimeSpan.Zero };

    /// <summary>Checks who a token is for. Null in an accepted outcome: somebody who never counts as signed in.</summary>
    public Outcome<VerifiedToken?> Check(string text)
    {
        var token = authenticator.CheckLogin(text);
        if (!options.Value.DecimalUserIds)
            return token.IsAccepted ? token.Value : token.As<VerifiedToken?>();
        return token switch
        {
            { IsAccepted: true } => IsDecimal(token.Value.UserId) ? token.Value : new Outcome<VerifiedToken?>(null, null),
            { Refusal.Code: ErrorCode.InvalidUserId } => new Outcome<VerifiedToken?>(null, null),
            _ => token.As<VerifiedToken?>(),
        };
    }

    /// <summary>Signs in, or moves to another room; on a refusal all is as it was.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="seat">Where its client is now; null when it is nowhere.</param>
    /// <param name="request">What it sent.</param>
    /// <returns>Where it is then; null for somebody who never counts as signed in.</returns>
    public async Task<Outcome<RoomSeat?>> SignInAsync(SocketConnection socket, RoomSeat? seat, SignIn request)
    {
        var token = Check(request.Token);
        if (!token.IsAccepted)
            return token.As<RoomSeat?>();
        if (token.Value is not { } verified)
            return new Outcome<RoomSeat?>(seat, null);
        if (!ChannelName.TryParse(request.RoomID, out var room))
            return ErrorCode.InvalidChannelName;
        if (!health.IsReady)
            return ErrorCode.LoginNoServerResources;
        var shown = SessionToken.Of(request.Token, verified);
        return seat is { Session.IsEnded: false } && seat.Session.User.Value == verified.UserId
            ? await MoveAsync(seat, room, shown)
            : await BeginAsync(socket, seat, new(verified.UserId), room, shown);
    }

    /// <summary>Leaves room and server.</summary>
    /// <param name="seat">Where a client was.</param>
    /// <param name="isOrderly">Whether it has said that it goes.</param>
    public Task LeaveAsync(RoomSeat seat, bool isOrderly) => lifecycle.EndAsync(seat.Session, isLogout: isOrderly);

    private async Task<Outcome<RoomSeat?>> BeginAsync(
        SocketConnection socket, RoomSeat? before, UserId user, ChannelName room, SessionToken token)
    {
        var device = new DeviceId($"room-{RandomNumberGenerator.GetHexString(DeviceRandomBytes * 2, lowercase: true)}");
        var connected = await lifecycle.ConnectAsync(user, device, token, new RoomConnection(socket), Wishes);
        if (!connected.IsAccepted)
            return connected.As<RoomSeat?>();
        var session = connected.Value;
        // A new session has all of its own; what it takes of its user's counts.
        var tooMany = session.Limits.TakeCall() ?? session.Limits.TakeSubscription(room);
        var subscribed = tooMany is null
            ? await channels.SubscribeAsync(session, room, ChannelFeeds.Messages, since: null)
            : tooMany;
        if (!subscribed.IsAccepted)
        {
            await lifecycle.EndAsync(session, isLogout: true);
            return subscribed.As<RoomSeat?>();
        }

        if (before is not null)
            await LeaveAsync(before, isOrderly: true);
        return new RoomSeat(session, room);
    }

    private async Task<Outcome<RoomSeat?>> MoveAsync(RoomSeat seat, ChannelName room, SessionToken token)
    {
        var session = seat.Session;
        if ((session.Limits.TakeCall() ?? session.Limits.TakeSubscription(room)) is { } tooMany)
            return tooMany;
        if (session.Token.Text != token.Text)
        {
            var renewed = await lifecycle.RenewTokenAsync(session, token);
            if (!renewed.IsAccepted)
                return renewed.As<RoomSeat?>();
        }

        if (room == seat.Room)
            return seat;
        var subscribed = await channels.SubscribeAsync(session, room, ChannelFeeds.Messages, since: null);
        if (!subscribed.IsAccepted)
            return subscribed.As<RoomSeat?>();

        // Whatever is answered, it is out of there.
        await channels.UnsubscribeAsync(session, seat.Room);
        return new RoomSeat(session, room);
    }

    private static bool IsDecimal(string userId) =>
        int.TryParse(userId, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
}
