using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Rooms;

// The channel's presence, as it is asked for.
public sealed partial class RoomGrain
{
    /// <inheritdoc />
    public async Task<Outcome<PresenceState>> ChangeStateAsync(ChangeStateRequest request)
    {
        if (await EnterAsync(request.Route, request.Session) is { } stale)
            return stale;
        var changed = _presence.ChangeState(request);
        WakeBy(_presence.NextDue());
        return changed;
    }

    /// <inheritdoc />
    public Task<Outcome<PresenceState>> GetStateAsync(UserId user) => Task.FromResult(_presence.StateOf(user));

    /// <inheritdoc />
    public Task<Outcome<WhoNow>> WhoNowAsync(WhoNowRequest request) => Task.FromResult(_presence.WhoNow(request));
}
