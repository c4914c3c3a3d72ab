using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Grains.Users;

// Sessions whose gateway is lost: what is known of them, and how they go on at another gateway.
public sealed partial class UserGrain
{
    /// <inheritdoc />
    public async Task<Outcome<Done>> KeepSessionAsync(KeepSessionRequest request)
    {
        if (await AdmitAsync(request.Route, request.Session) is { } stale)
            return stale;
        if (!_state.Logins.TryGet(request.Session, out var login))
            return ErrorCode.NotLogin;
        login.Record = login.Record?.After(request);
        return default(Done);
    }

    /// <inheritdoc />
    public Task<RecalledSession?> RecallSessionAsync(SessionClaim claim) => Task.FromResult(
        Find(claim) is { } login
            ? new RecalledSession(
                [.. login.Channels], [.. login.Subscriptions], login.Record!, GatewayOf(claim.Session) is null)
            : null);

    /// <inheritdoc />
    public async Task<Outcome<Done>> ReleaseSessionAsync(SessionClaim claim)
    {
        await SettleAsync();
        if (Find(claim) is not { } login)
            return ErrorCode.NotLogin;
        _state.Logins.Remove(login.Id, out _);

        TellTakenOver([login], SessionNoticeKind.TakenOver); // Its gateway may live, out of reach.
        return await EndAsync([login], PresenceEnd.Left) ? default(Done) : ErrorCode.ChannelNotAvailable;
    }

    private protected override async Task EndAwayAsync(IReadOnlyList<SessionId> sessions)
    {
        var gone = new List<UserLogin>();
        foreach (var session in sessions)
            if (_state.Logins.Remove(session, out var login))
                gone.Add(login);
        foreach (var login in gone)
            ForgetData(login);
        await EndAsync(gone, PresenceEnd.TimedOut);
    }

    private UserLogin? Find(SessionClaim claim) =>
        _state.Logins.TryGet(claim.Session, out var login) && login.Record?.IsOf(claim) == true ? login : null;

    /// <summary>
    /// If the gateway is lost, nobody else tells the grains of shared data that a session is gone, before its time is over
    /// there too. Nobody waits for it.
    /// </summary>
    private void ForgetData(UserLogin login)
    {
        foreach (var place in login.Record?.Data ?? [])
            _ = ForgetQuietlyAsync(place, login.Id);
    }

    private async Task ForgetQuietlyAsync(SharedDataPlace place, SessionId session)
    {
        var key = GrainKey.SharedData(place.Type, place.Name);
        try
        {
            await GrainFactory.GetGrain<ISharedDataGrain>(key).ForgetSessionAsync(session);
        }
        catch (Exception exception)
        {
            LogForgetFailed(Key, key, session, exception);
        }
    }
}
