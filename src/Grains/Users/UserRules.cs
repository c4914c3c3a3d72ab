using System.Collections.Immutable;
using System.Globalization;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Grains.Users;

/// <summary>Which logins a user has, who displaces whom, and when tokens end.</summary>
/// <remarks>
/// One login a device, and one a class where the policy says so, but at the door of chat rooms, where connections live side
/// by side and count for themselves (row C12). The newest connect wins. Where the
/// order of two connects is not known, as after the loss of a silo, see <see cref="Register"/>.
/// </remarks>
internal static class UserRules
{
    /// <summary>Says why a device cannot log in; null when it can. One that is logged in can again.</summary>
    public static Refusal? CheckConnect(
        UserState state, UserSession session, int devicesMax, DevicePolicy policy = DevicePolicy.All,
        int roomLoginsMax = int.MaxValue)
    {
        if (session.Class == DeviceClass.Room)
            return state.Logins.All.Count(login => login.Class == DeviceClass.Room && login.Device != session.Device)
                < roomLoginsMax
                ? null
                : new(ErrorCode.LoginRejected, string.Create(
                    CultureInfo.InvariantCulture, $"A user is in rooms by at most {roomLoginsMax} connections at a time."));
        var others = state.Logins.All.Except(Rivals(state, session, policy))
            .Where(login => login.Class != DeviceClass.Room)
            .Select(login => login.Device).Where(device => device != session.Device).Distinct();
        return others.Count() < devicesMax
            ? null
            : new(ErrorCode.LoginRejected, string.Create(
                CultureInfo.InvariantCulture, $"A user is logged in on at most {devicesMax} devices at a time."));
    }

    /// <summary>Adds a login, and takes out the older ones of its device, or of its class when there may be but one.</summary>
    /// <returns>The logins that were displaced.</returns>
    public static IReadOnlyList<UserLogin> Connect(
        UserState state, UserSession session, DevicePolicy policy = DevicePolicy.All)
    {
        var displaced = Rivals(state, session, policy);
        foreach (var login in displaced)
            state.Logins.Remove(login.Id, out _);
        Set(state, session).WasSeenToConnect = true;
        return displaced;
    }

    /// <summary>Replaces all that a gateway has.</summary>
    /// <remarks>
    /// When two logins claim a device, or a class that has but one: of one gateway, the higher number is the later login.
    /// Otherwise one whose
    /// connect
    /// this activation saw stays; failing that, the one stated last.
    /// </remarks>
    public static UserRegistered Register(
        UserState state, GatewayId gateway, IEnumerable<UserSession> sessions, DevicePolicy policy = DevicePolicy.All)
    {
        var named = sessions.ToArray();
        var ids = named.Select(session => session.Id).ToHashSet();
        var gone = state.Logins.Of(gateway).Where(login => !ids.Contains(login.Id)).ToArray();
        foreach (var login in gone)
            state.Logins.Remove(login.Id, out _);
        var displaced = new List<UserLogin>();
        foreach (var session in named)
        {
            var others = Rivals(state, session, policy);
            if (!state.Logins.TryGet(session.Id, out _) && others.Any(other => Outlasts(other, session.Id)))
            {
                displaced.Add(ToLogin(session));
                continue;
            }

            foreach (var other in others)
            {
                state.Logins.Remove(other.Id, out _);
                displaced.Add(other);
            }

            Set(state, session);
        }

        return new(gone, displaced);
    }

    /// <summary>What a login that was displaced is told: it has lost its device, or another of its class has come.</summary>
    public static SessionNoticeKind NoticeOf(UserState state, UserLogin displaced) =>
        state.Logins.All.Any(login => login.Device == displaced.Device)
            ? SessionNoticeKind.TakenOver
            : SessionNoticeKind.Displaced;

    /// <summary>Says why a session cannot join a channel; null when it can.</summary>
    public static Refusal? CheckJoin(UserState state, SessionId session, ChannelName channel)
    {
        if (!state.Logins.TryGet(session, out var login))
            return new(ErrorCode.NotLogin);
        if (login.Channels.Contains(channel))
            return new(ErrorCode.ChannelJoinFailed, $"The channel {channel} is joined already.");
        return login.Channels.Count < RtmLimits.JoinedChannelsMax
            ? null
            : new(ErrorCode.ChannelInstanceExceedLimitation, string.Create(
                CultureInfo.InvariantCulture, $"A client joins at most {RtmLimits.JoinedChannelsMax} stream channels."));
    }

    /// <summary>
    /// Says why a session cannot subscribe to a message channel; null when it can. Doing so again changes what it hears.
    /// </summary>
    public static Refusal? CheckSubscribe(UserState state, SessionId session, ChannelName channel)
    {
        if (!state.Logins.TryGet(session, out var login))
            return new(ErrorCode.NotLogin);
        return login.Subscriptions.Contains(channel) || login.Subscriptions.Count < RtmLimits.SubscribedChannelsMax
            ? null
            : new(ErrorCode.ChannelInstanceExceedLimitation, string.Create(
                CultureInfo.InvariantCulture,
                $"A client subscribes to at most {RtmLimits.SubscribedChannelsMax} message channels."));
    }

    /// <summary>Where a user is seen.</summary>
    public static WhereNow WhereNow(UserState state) => new(
        Seen(state, login => login.Channels.Where(channel => !login.Quiet.Contains(GrainKey.StreamChannel(channel)))),
        Seen(state, login => login.Subscriptions.Where(
            channel => !login.Quiet.Contains(GrainKey.MessageChannel(channel)))));

    /// <summary>When the next token is to be warned of or ends; null when there is none.</summary>
    public static DateTimeOffset? NextDue(UserState state)
    {
        DateTimeOffset? next = null;
        foreach (var login in state.Logins.All)
            if (next is null || DueOf(login) < next)
                next = DueOf(login);
        return next;
    }

    /// <summary>When something is to be done about a login's token.</summary>
    public static DateTimeOffset DueOf(UserLogin login) =>
        login.IsWarned ? login.TokenExpiresAt : login.TokenExpiresAt - RtmLimits.TokenWarning;

    /// <summary>Takes out the logins whose token has ended, and marks as warned those whose token ends soon.</summary>
    public static UserTokensDue TakeDue(UserState state, DateTimeOffset now)
    {
        var expired = state.Logins.All.Where(login => login.TokenExpiresAt <= now).ToArray();
        foreach (var login in expired)
            state.Logins.Remove(login.Id, out _);
        var warned = state.Logins.All.Where(login => !login.IsWarned && DueOf(login) <= now).ToArray();
        foreach (var login in warned)
            login.IsWarned = true;
        return new(warned, expired);
    }

    private static ImmutableArray<ChannelName> Seen(UserState state, Func<UserLogin, IEnumerable<ChannelName>> channelsOf) =>
        [.. state.Logins.All.SelectMany(channelsOf).Distinct().OrderBy(channel => channel.Value, StringComparer.Ordinal)];

    private static bool Outlasts(UserLogin known, SessionId other) =>
        known.Id.Gateway == other.Gateway ? known.Id.Number > other.Number : known.WasSeenToConnect;

    /// <summary>The logins that cannot stay beside one.</summary>
    private static UserLogin[] Rivals(UserState state, UserSession session, DevicePolicy policy) =>
        [.. state.Logins.All.Where(login => (login.Device == session.Device
                || (policy == DevicePolicy.OnePerClass && login.Class == session.Class
                    && session.Class != DeviceClass.Room))
            && login.Id != session.Id
            && login.Replaces != session.Id && login.Id != session.Replaces)];

    private static UserLogin Set(UserState state, UserSession session)
    {
        if (!state.Logins.TryGet(session.Id, out var login))
            state.Logins.Set(session.Id, login = ToLogin(session));
        login.SetToken(session.TokenExpiresAt);
        login.Replaces = session.Replaces;
        TakeWhatItHas(login, session);
        return login;
    }

    private static UserLogin ToLogin(UserSession session)
    {
        var login = new UserLogin(session.Id, session.Device) { Replaces = session.Replaces, Class = session.Class };
        login.SetToken(session.TokenExpiresAt);
        TakeWhatItHas(login, session);
        return login;
    }

    private static void TakeWhatItHas(UserLogin login, UserSession session)
    {
        (login.Timeout, login.Record) = (session.Timeout, session.Record);
        login.Channels.Clear();
        login.Channels.UnionWith(session.Channels);
        login.Subscriptions.Clear();
        login.Subscriptions.UnionWith(session.Subscriptions);
        login.Quiet.Clear();
        login.Quiet.UnionWith(session.Quiet);
    }
}

/// <summary>What a registration changed.</summary>
/// <param name="Gone">Logins that the gateway had and does not name any more.</param>
/// <param name="Displaced">Logins that lost their device, or the place of their class, to another.</param>
internal sealed record UserRegistered(IReadOnlyList<UserLogin> Gone, IReadOnlyList<UserLogin> Displaced);

/// <summary>What the time has brought.</summary>
internal sealed record UserTokensDue(IReadOnlyList<UserLogin> Warned, IReadOnlyList<UserLogin> Expired);
